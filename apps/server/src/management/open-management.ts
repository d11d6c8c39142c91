import { existsSync } from 'node:fs';
import path from 'node:path';
import { createTokenFinder, createTokenVerifier, type TokenDigester } from '@latchkey/bearer-auth';
import type { Database } from '@latchkey/database';
import packageJson from '../../package.json' with { type: 'json' };
import { createAuth } from '../admin/create-auth.ts';
import { createClientFactsReader } from '../gateway/client-facts-reader.ts';
import type { Gateway } from '../gateway/open-gateway.ts';
import { createTrustedPeers } from '../gateway/trusted-peers.ts';
import { openLeaks } from '../leak/open-leaks.ts';
import type { ServerOptions } from '../server-options.ts';
import { mergeFigures } from '../thread/merge-figures.ts';
import { createWebhookSender } from '../webhook/create-webhook-sender.ts';
import { apiParts } from './api-parts.ts';
import { createManagementApp } from './create-management-app.ts';

export type Management = Awaited<ReturnType<typeof openManagement>>;

const CONSOLE_DIRECTORY = path.resolve(import.meta.dirname, '../../../console/dist');

/** Console, procedures, REST, sign-in, and what operators ask. */
export async function openManagement(options: ServerOptions, digester: TokenDigester, gateway: Gateway, parts: AsyncDisposableStack) {
  const { config, database, logger } = options;
  const auth = await openAuth(options, parts);
  const webhookSender = openWebhookSender(options, parts);
  const leaks = openLeaks(options, digester, gateway, webhookSender.wake, parts);
  const finder = createTokenFinder({ tokens: database.tokenSource, digester });
  parts.defer(() => finder.close());
  const app = await createManagementApp({
    auth,
    parts: { ...apiParts(options, auth.accounts, digester, gateway), webhookSender, findToken: finder.find },
    verifyKey: createTokenVerifier(gateway.guard),
    leaks,
    tracing: gateway.tracing,
    consoleDirectory: existsSync(CONSOLE_DIRECTORY) ? CONSOLE_DIRECTORY : null,
    logger,
    version: packageJson.version,
    isReady: async () => gateway.isAccepting() && (await gateway.threads.current?.areAccepting()) !== false && answers(database),
    metrics: mergeFigures(gateway.metrics.registry, async () => (await gateway.threads.current?.readFigures()) ?? []),
    mayReadMetrics: createMetricsRule(config.metricsAllow),
    clientFacts: createClientFactsReader(createTrustedPeers(config.trustedProxies), config.publicUrl),
  });
  parts.defer(() => app.close());
  webhookSender.dispatcher.start();
  gateway.metrics.watchGateways(database.gateways);
  gateway.metrics.watchWebhooks(webhookSender.dispatcher.stats);
  return { app, auth };
}

async function openAuth({ config, database, secrets, logger }: ServerOptions, parts: AsyncDisposableStack) {
  const auth = createAuth({
    databaseUrl: database.url,
    secret: secrets.authSecret,
    baseUrl: config.publicUrl?.origin ?? `http://127.0.0.1:${config.port}`,
    now: Date.now,
    logger,
  });
  parts.defer(() => auth.close());
  await auth.migrate();
  return auth;
}

function openWebhookSender({ config, database, secrets, logger }: ServerOptions, parts: AsyncDisposableStack) {
  const webhookSender = createWebhookSender({
    deliveries: database.deliveries,
    authSecret: secrets.authSecret,
    allowPrivate: config.webhookAllowPrivate,
    version: packageJson.version,
    logger,
    now: Date.now,
  });
  parts.defer(() => webhookSender.dispatcher.close());
  return webhookSender;
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
