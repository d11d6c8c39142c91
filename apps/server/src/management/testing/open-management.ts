import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ApiParts, createRevealStore, withTrueRemaining } from '@latchkey/api';
import {
  createGuard,
  createMemoryCounter,
  createQuotaKeeper,
  createTokenDigester,
  createTokenFinder,
  createTokenMint,
  createTokenVerifier,
  type Guard,
  type MemoryCounter,
  type QuotaKeeper,
} from '@latchkey/bearer-auth';
import { createMemoryUsageSink } from '@latchkey/bearer-auth/testing';
import { DEFAULT_POLICY, isRevocable, type TokenPolicy } from '@latchkey/core';
import { type Database, type LeakPolicy, openDatabase } from '@latchkey/database';
import { createTestDatabase } from '@latchkey/database/testing';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { SignInLimits } from '../../admin/auth-instance.ts';
import { type Auth, createAuth } from '../../admin/create-auth.ts';
import { createLeakProcessor } from '../../leak/create-leak-processor.ts';
import type { LeakRoutesOptions } from '../../leak/leak-routes.ts';
import { createReportKeys } from '../../leak/report-keys.ts';
import { createPortalMint } from '../../portal/create-portal-mint.ts';
import { createSearchedLog } from '../../testing/output-search.ts';
import { createWebhookSender, type WebhookSenderOptions } from '../../webhook/create-webhook-sender.ts';
import type { ClientFacts } from '../client-facts.ts';
import { createManagementApp } from '../create-management-app.ts';
import { createSender, type Sender } from './sender.ts';

const AUTH_SECRET = 'a secret of the tests, long enough to be one';

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };

/** The management app over a real database, on a real socket. */
export interface Management {
  readonly url: string;
  readonly databaseUrl: string;
  readonly app: FastifyInstance;
  readonly auth: Auth;
  readonly database: Database;
  readonly send: Sender;
  /** What was logged as an error so far, as JSON lines. */
  readonly errors: string[];
  /** Ids whose change was announced. */
  readonly changed: number[];
  close(): Promise<void>;
}

export interface ManagementSettings {
  readonly limits?: SignInLimits;
  readonly now?: () => number;
  /** Default: what holds without a configuration file. */
  readonly policy?: TokenPolicy;
  /** Changes how a client looks, as a trusted proxy would. */
  readonly facts?: (facts: ClientFacts, headers: Record<string, unknown>) => ClientFacts;
  readonly isReady?: () => boolean;
  readonly bodyTimeoutMs?: number;
  /** Where webhooks may be sent to besides the internet; this machine. */
  readonly webhookAllowPrivate?: readonly string[];
  /** How names of webhooks resolve, and which certificates are trusted; as the system does. */
  readonly webhookNetwork?: Pick<WebhookSenderOptions, 'resolve' | 'ca'>;
  /** Where the keys of leak reports are; none are taken. */
  readonly leakKeysUrl?: URL;
  readonly leakPolicy?: LeakPolicy;
  /** Where the database is reached instead of its own address. */
  readonly throughProxy?: (databaseUrl: string) => Promise<string>;
}

const GATEWAY = {
  ...{ name: 'management', host: 'localhost', pid: process.pid, version: '0.0.0-test', threads: 1 },
  ...{ limiterMode: () => 'memory', maxStaleSeconds: 300 },
};

const DIGESTER = createTokenDigester({ secrets: ['a token secret of the tests'] });

/** Sign-in limits that a test that is not about them never reaches. */
export const NO_LIMITS: SignInLimits = { perAddress: { window: 60, max: 100_000 }, perAccount: { window: 60, max: 100_000 } };

export async function openManagement(settings: ManagementSettings = {}): Promise<Management> {
  const { now = Date.now, policy = DEFAULT_POLICY } = settings;
  const test = await createTestDatabase();
  const consoleDirectory = await writeConsole();
  const databaseUrl = (await settings.throughProxy?.(test.url)) ?? test.url;
  const database = await openDatabase({ url: databaseUrl, now, isRevocable: (keyType) => isRevocable(policy, keyType) });
  await database.migrate();
  await database.gateways.register(GATEWAY);
  const { logger, errors, refuse } = createSearchedLog();
  const auth = createAuth({
    databaseUrl,
    secret: AUTH_SECRET,
    baseUrl: 'http://127.0.0.1',
    now,
    logger,
    limits: settings.limits ?? NO_LIMITS,
  });
  await auth.migrate();
  const changed: number[] = [];
  const webhookSender = createWebhookSender({
    deliveries: database.deliveries,
    authSecret: AUTH_SECRET,
    allowPrivate: settings.webhookAllowPrivate ?? ['127.0.0.0/8'],
    version: '0.0.0-test',
    logger,
    now,
    ...settings.webhookNetwork,
  });
  webhookSender.dispatcher.start();
  const leakProcessor = createLeakProcessor({
    store: database.leaks,
    policy: settings.leakPolicy ?? 'revoke',
    tokensChanged: async (ids) => void changed.push(...ids),
    wake: webhookSender.wake,
    onError: (error) => logger.error(error),
  });
  leakProcessor.start();
  const counter = createMemoryCounter();
  const guard = createLazyGuard(database, counter, now);
  const own = createParts({ database, auth, now, changed, policy, counter, guard });
  const leaks: LeakRoutesOptions = {
    store: database.leaks,
    processor: leakProcessor,
    mint: own.mint,
    policy,
    keys: settings.leakKeysUrl ? createReportKeys({ url: settings.leakKeysUrl, now }) : null,
    counter,
    now,
  };
  const finder = createTokenFinder({ tokens: database.tokenSource, digester: DIGESTER });
  const app = await createManagementApp({
    auth,
    leaks,
    parts: { ...own, webhookSender, findToken: finder.find },
    verifyKey: (inquiry) => createTokenVerifier(guard.get())(inquiry),
    version: '0.0.0-test',
    consoleDirectory,
    logger,
    isReady: settings.isReady ?? (() => true),
    bodyTimeoutMs: settings.bodyTimeoutMs,
    metrics: new Registry(),
    mayReadMetrics: (address) => address === '127.0.0.1',
    clientFacts(request) {
      const facts = { address: request.socket.remoteAddress ?? null, origin: `http://${request.headers.host}` };
      return settings.facts?.(facts, request.headers) ?? facts;
    },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    databaseUrl: test.url,
    app,
    auth,
    database,
    send: createSender(url),
    errors,
    changed,
    async close() {
      await app.close();
      await leakProcessor.close();
      await webhookSender.dispatcher.close();
      await guard.close();
      await finder.close();
      await Promise.all([auth.close(), database.close()]);
      await Promise.all([test.drop(), rm(consoleDirectory, { recursive: true })]);
      refuse();
    },
  };
}

interface PartsOf {
  readonly database: Database;
  readonly auth: Auth;
  readonly now: () => number;
  readonly changed: number[];
  readonly policy: TokenPolicy;
  readonly counter: MemoryCounter;
  readonly guard: LazyGuard;
}

/** A guard that listens to the database once a test asks it something. */
interface LazyGuard {
  get(): Guard;
  readonly quota: QuotaKeeper;
  invalidate(ids: readonly number[]): void;
  close(): Promise<void>;
}

function createLazyGuard(database: Database, counter: MemoryCounter, now: () => number): LazyGuard {
  let made: Guard | null = null;
  const quota = createQuotaKeeper({ ledger: database.quotaLedger, now });
  return {
    get() {
      made ??= createGuard({ tokens: database.tokenSource, counter, usage: createMemoryUsageSink(), digester: DIGESTER, quota, now });
      return made;
    },
    invalidate: (ids) => made?.invalidate(ids),
    quota,
    async close() {
      await made?.close();
      await quota.close();
    },
  };
}

function createParts({ database, auth, now, changed, policy, counter, guard }: PartsOf): Omit<ApiParts, 'webhookSender' | 'findToken'> {
  return {
    tokens: withTrueRemaining(database.tokens, guard.quota, now),
    owners: database.owners,
    secrets: database.secrets,
    usage: database.usage,
    audit: database.audit,
    webhooks: database.webhooks,
    accounts: auth.accounts,
    mint: createTokenMint(DIGESTER),
    counter,
    portal: { sessions: database.portalSessions, mint: createPortalMint('a secret of the tests'), reveals: createRevealStore({ now }) },
    policy,
    facts: { version: '0.0.0-test', demo: false, sampleApi: true, rateLimitMode: 'memory', gateways: 1, logRetentionDays: 30 },
    now,
    gateways: database.gateways,
    tokensChanged(ids) {
      guard.invalidate(ids);
      changed.push(...ids);
      return database.gateways.confirm();
    },
  };
}

async function writeConsole(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-console-'));
  await mkdir(path.join(directory, 'assets'));
  await writeFile(path.join(directory, 'index.html'), '<!doctype html><title>Latchkey</title>');
  await writeFile(path.join(directory, 'portal.html'), '<!doctype html><title>API keys</title>');
  await writeFile(path.join(directory, 'theme.js'), '// theme');
  await writeFile(path.join(directory, 'assets', 'index-abc123.js'), '// console');
  return directory;
}
