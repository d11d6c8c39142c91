import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import path from 'node:path';
import { type ApiParts, createRevealStore, type OwnTokenParts, withTrueRemaining } from '@latchkey/api';
import {
  createGuard,
  createQuotaKeeper,
  createSpoolReader,
  createTokenDigester,
  createTokenMint,
  createTokenVerifier,
  type Guard,
  type GuardHooks,
  openSpool,
  type QuotaKeeper,
  type SpoolProblem,
  type TokenDigester,
} from '@latchkey/bearer-auth';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { listTokenPrefixes, type TokenPolicy } from '@latchkey/core';
import type { Database } from '@latchkey/database';
import { type RunningSampleApi, startSampleApi } from '@latchkey/sample-api';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { createAuth } from './admin/create-auth.ts';
import type { Callbacks } from './config/callbacks.ts';
import type { Config } from './config/config.ts';
import type { Secrets } from './data-directory/load-secrets.ts';
import { createClientFactsReader, createSecureReader } from './gateway/client-facts-reader.ts';
import { createReverseProxy } from './gateway/reverse-proxy.ts';
import { createTrustedPeers } from './gateway/trusted-peers.ts';
import { createDrain } from './http/drain-server.ts';
import { isPublicRequest } from './http/is-public-request.ts';
import { createLeakProcessor } from './leak/create-leak-processor.ts';
import type { LeakRoutesOptions } from './leak/leak-routes.ts';
import { createReportKeys } from './leak/report-keys.ts';
import { createRateCounter } from './limit/create-counter.ts';
import { createManagementApp } from './management/create-management-app.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { createPortalMint } from './portal/create-portal-mint.ts';
import { createSelfManagement } from './self-management/create-self-management.ts';
import { createWebhookSender } from './webhook/create-webhook-sender.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly policy: TokenPolicy;
  /** Code of the deployment that wants to be called. */
  readonly callbacks?: Callbacks | undefined;
  readonly database: Database;
  readonly dataDirectory: string;
  readonly secrets: Secrets;
  readonly logger: Logger;
  /** Whether what it shows is made up. */
  readonly demo?: boolean;
}

export interface LatchkeyServer {
  listen(): Promise<{ url: string }>;
  /** The link to set up the first administrator, or null where there is one. */
  firstRun(): Promise<string | null>;
  close(): Promise<void>;
}

const CONSOLE_DIRECTORY = path.resolve(import.meta.dirname, '../../console/dist');
/** What is in flight may take this long to finish once the server was told to stop. */
const DRAIN_MS = 15_000;

/** Makes every part and joins them under one listener. Nothing accepts requests before `listen`. */
export async function buildServer(options: ServerOptions): Promise<LatchkeyServer> {
  await using parts = new AsyncDisposableStack();
  const { config, secrets } = options;
  const digester = createTokenDigester({
    secrets: secrets.tokenSecrets,
    prefixes: listTokenPrefixes(options.policy).map(({ prefix }) => prefix),
  });
  const gateway = await openGateway(options, digester, parts);
  const management = await openManagement(options, digester, gateway, parts);
  await options.database.partitionJob.start();
  options.database.overlapJob.start();
  options.database.eventJob.start();
  followEvents(options, parts);

  const listener: RequestListener = (req, res) => {
    drain.note(req, res);
    if (isPublicRequest(req.url ?? '')) gateway.listener(req, res);
    else management.app.routing(req, res);
  };
  // A large body may take its time: the proxy watches for stalls, and management bodies are small.
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000, keepAliveTimeout: 65_000 }, listener);
  const drain = createDrain(server);
  parts.defer(() => drain.drain(DRAIN_MS));

  if (config.admin) await management.auth.accounts.ensureFirstAdministrator(config.admin.email, config.admin.password);
  const built = parts.move();
  let url = '';
  return {
    async listen() {
      url = await listen(server, config);
      return { url };
    },
    async firstRun() {
      const token = await management.auth.issueSetupToken();
      return token === null ? null : `${config.publicUrl?.origin ?? url}/setup#token=${token}`;
    },
    close: () => built.disposeAsync(),
  };
}

interface Gateway {
  readonly guard: Guard;
  readonly listener: RequestListener;
  readonly quota: QuotaKeeper;
  readonly counter: Awaited<ReturnType<typeof createRateCounter>>;
  readonly metrics: ReturnType<typeof createMetrics>;
  /** Whether usage records are taken, without which nothing is served. */
  isAccepting(): boolean;
}

/** The public API: guard, counters, spool and reverse proxy. */
async function openGateway(options: ServerOptions, digester: TokenDigester, parts: AsyncDisposableStack): Promise<Gateway> {
  const { config, policy, database, logger } = options;
  const metrics = createMetrics();
  const onProblem = logProblem(logger);
  const spool = openSpool({ directory: path.join(options.dataDirectory, 'spool'), onProblem });
  parts.defer(() => spool.close());
  const reader = createSpoolReader({ spool, store: database.usageStore, now: Date.now, onProblem });
  parts.defer(() => reader.close());
  const counter = await createRateCounter(config.valkey, logger);
  parts.defer(() => counter.close());
  const quota = createQuotaKeeper({ ledger: database.quotaLedger, now: Date.now, onError: logQuotaProblem(logger) });
  parts.defer(() => quota.close());
  const hooks = hooksOf(options);
  const guard = createGuard({
    tokens: database.tokenSource,
    counter: counter.counter,
    usage: metrics.count(spool),
    digester,
    now: Date.now,
    realm: 'latchkey',
    requireHttps: config.requireHttps,
    environment: policy.strictEnvironmentIsolation ? policy.currentEnvironment : null,
    rules: policy.rules,
    pools: policy.pools,
    quota,
    ...(hooks && { hooks }),
  });
  parts.defer(() => guard.close());
  metrics.watch({ guard, spool, reader, rateLimitMode: counter.mode });
  metrics.watchQuotas(quota);

  const trusted = createTrustedPeers(config.trustedProxies);
  const clientFacts = createClientFactsReader(trusted, config.publicUrl);
  const nodeGuard = createNodeGuard(guard, {
    mount: '/api',
    clientAddress: (req) => clientFacts(req).address,
    ...(config.requireHttps && { isSecure: createSecureReader(trusted) }),
  });
  const upstream = config.upstreamUrl ?? new URL((await openSampleApi(parts)).url);
  const proxy = createReverseProxy({ upstream, trusted, deny: nodeGuard.deny });
  parts.defer(() => proxy.close());
  const handler = policy.selfManagement
    ? createSelfManagement({ parts: ownTokenParts(options, digester, guard, quota), logger, next: proxy.handle })
    : proxy.handle;
  return { guard, quota, listener: nodeGuard.protect(handler), counter, metrics, isAccepting: () => spool.accepting };
}

function ownTokenParts({ policy, database }: ServerOptions, digester: TokenDigester, guard: Guard, quota: QuotaKeeper): OwnTokenParts {
  return {
    tokens: withTrueRemaining(database.tokens, quota, Date.now),
    mint: createTokenMint(digester),
    policy,
    now: Date.now,
    tokensChanged: tellChanges(database, guard),
  };
}

/** What this process changed itself holds in its own guard before the call that changed it returns. */
function tellChanges(database: Database, guard: Guard): ApiParts['tokensChanged'] {
  return async (ids) => {
    database.tokenSource.forgetImported();
    guard.invalidate(ids);
  };
}

async function openSampleApi(parts: AsyncDisposableStack): Promise<RunningSampleApi> {
  const sampleApi = await startSampleApi();
  parts.defer(() => sampleApi.close());
  return sampleApi;
}

/** Console, procedures, REST, sign-in, and what operators ask. */
async function openManagement(options: ServerOptions, digester: TokenDigester, gateway: Gateway, parts: AsyncDisposableStack) {
  const { config, database, secrets, logger } = options;
  const auth = createAuth({
    databaseUrl: database.url,
    secret: secrets.authSecret,
    baseUrl: config.publicUrl?.origin ?? `http://127.0.0.1:${config.port}`,
    now: Date.now,
    logger,
  });
  parts.defer(() => auth.close());
  await auth.migrate();
  const webhookSender = createWebhookSender({
    deliveries: database.deliveries,
    authSecret: secrets.authSecret,
    allowPrivate: config.webhookAllowPrivate,
    version: packageJson.version,
    logger,
    now: Date.now,
  });
  parts.defer(() => webhookSender.dispatcher.close());
  const leaks = openLeaks(options, digester, gateway, webhookSender.wake, parts);
  const app = await createManagementApp({
    auth,
    parts: { ...apiParts(options, auth.accounts, digester, gateway), webhookSender },
    verifyKey: createTokenVerifier(gateway.guard),
    leaks,
    consoleDirectory: existsSync(CONSOLE_DIRECTORY) ? CONSOLE_DIRECTORY : null,
    logger,
    version: packageJson.version,
    isReady: () => gateway.isAccepting() && answers(database),
    metrics: gateway.metrics.registry,
    mayReadMetrics: createMetricsRule(config.metricsAllow),
    clientFacts: createClientFactsReader(createTrustedPeers(config.trustedProxies), config.publicUrl),
  });
  parts.defer(() => app.close());
  webhookSender.dispatcher.start();
  gateway.metrics.watchWebhooks(webhookSender.dispatcher.stats);
  return { app, auth };
}

function followEvents({ callbacks, database, logger }: ServerOptions, parts: AsyncDisposableStack): void {
  const onEvent = callbacks?.onEvent;
  if (onEvent === undefined) return;
  const onError = (error: unknown) => logger.warn({ err: error }, 'The callback for events failed, or events could not be read');
  const following = database.followEvents({ onEvent, onError });
  parts.defer(() => following.close());
}

/** What the guard calls around its checks; `undefined`: nothing, so that it costs nothing. */
function hooksOf({ callbacks, logger }: ServerOptions): GuardHooks | undefined {
  if (callbacks?.beforeAuthentication === undefined && callbacks?.afterAuthentication === undefined) return undefined;
  return { ...callbacks, onHookError: (error) => logger.warn({ err: error }, 'A callback around authentication failed') };
}

/** Reports of leaked tokens, and what becomes of them. */
function openLeaks(
  { config, policy, database, logger }: ServerOptions,
  digester: TokenDigester,
  gateway: Gateway,
  wake: () => void,
  parts: AsyncDisposableStack,
): LeakRoutesOptions {
  const processor = createLeakProcessor({
    store: database.leaks,
    policy: config.leakPolicy,
    tokensChanged: tellChanges(database, gateway.guard),
    wake,
    onError: (error) => logger.warn({ err: error }, 'A report of a leaked token could not be dealt with; next try in five seconds'),
  });
  parts.defer(() => processor.close());
  processor.start();
  const keys = config.leakKeysUrl === null ? null : createReportKeys({ url: config.leakKeysUrl, now: Date.now });
  const mint = createTokenMint(digester);
  return { store: database.leaks, processor, mint, policy, keys, counter: gateway.counter.counter, now: Date.now };
}

function apiParts(
  options: ServerOptions,
  accounts: ApiParts['accounts'],
  digester: TokenDigester,
  gateway: Gateway,
): Omit<ApiParts, 'webhookSender'> {
  const { config, policy, database, secrets, demo = false } = options;
  return {
    tokens: withTrueRemaining(database.tokens, gateway.quota, Date.now),
    owners: database.owners,
    secrets: database.secrets,
    usage: database.usage,
    audit: database.audit,
    webhooks: database.webhooks,
    accounts,
    mint: createTokenMint(digester),
    counter: gateway.counter.counter,
    portal: {
      sessions: database.portalSessions,
      mint: createPortalMint(secrets.authSecret),
      reveals: createRevealStore({ now: Date.now }),
    },
    policy,
    facts: {
      version: packageJson.version,
      demo,
      sampleApi: config.upstreamUrl === null,
      get rateLimitMode() {
        return gateway.counter.mode();
      },
      logRetentionDays: config.usageRetentionDays,
    },
    now: Date.now,
    tokensChanged: tellChanges(database, gateway.guard),
  };
}

/** The guard answers 503 then; whoever runs it is told why. */
function logQuotaProblem(logger: Logger): (error: unknown) => void {
  return (error) => logger.warn({ err: error }, 'A quota could not be counted: requests beyond what is leased are answered 503');
}

function createMetricsRule(cidrs: readonly string[]): (address: string) => boolean {
  const allowed = createTrustedPeers(cidrs);
  return (address) => allowed.has(address);
}

function answers(database: Database): Promise<boolean> {
  return database.ping().then(
    () => true,
    () => false,
  );
}

function logProblem(logger: Logger): (problem: SpoolProblem) => void {
  return ({ kind, message, error }) => logger[kind === 'write_recovered' ? 'info' : 'warn']({ kind, err: error }, message);
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  server.listen({ host, port });
  await once(server, 'listening');
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${reachableName(host)}:${actual}`;
}

/** A name under which this machine reaches a server that listens on `host`. */
function reachableName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
