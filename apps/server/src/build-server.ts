import { createServer, type RequestListener, type Server } from 'node:http';
import { createTokenDigester } from '@latchkey/bearer-auth';
import { listTokenPrefixes } from '@latchkey/core';
import type { Database } from '@latchkey/database';
import { holdContinue } from './gateway/continue.ts';
import { type Gateway, openGateway } from './gateway/open-gateway.ts';
import { registerGateway } from './gateway/register-gateway.ts';
import { createDrain } from './http/drain-server.ts';
import { isPublicRequest } from './http/is-public-request.ts';
import { listen } from './http/listen.ts';
import { followEvents } from './lifecycle/follow-events.ts';
import { type Management, openManagement } from './management/open-management.ts';
import type { ServerOptions } from './server-options.ts';

export interface LatchkeyServer {
  listen(): Promise<{ url: string }>;
  /** The link to set up the first administrator, or null where there is one. */
  firstRun(): Promise<string | null>;
  close(): Promise<void>;
}

/** What is in flight may take this long to finish once the server was told to stop. */
const DRAIN_MS = 15_000;

/** Makes every part and joins them under one listener. Nothing accepts requests before `listen`. */
export async function buildServer(options: ServerOptions): Promise<LatchkeyServer> {
  await using parts = new AsyncDisposableStack();
  const { config, policy, secrets } = options;
  const digester = createTokenDigester({
    secrets: secrets.tokenSecrets,
    prefixes: listTokenPrefixes(policy).map(({ prefix }) => prefix),
  });
  const gateway = await openGateway(options, digester, parts);
  await registerGateway(options, gateway, 1);
  const management = await openManagement(options, digester, gateway, parts);
  await startJobs(options.database);
  followEvents(options, parts);
  const server = openHttpServer(gateway, management, parts);
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

async function startJobs(database: Database): Promise<void> {
  await database.partitionJob.start();
  database.overlapJob.start();
  database.eventJob.start();
}

/** One origin: what is below `/api` for the gateway, everything else for the management. */
function openHttpServer(gateway: Gateway, management: Management, parts: AsyncDisposableStack): Server {
  const listener: RequestListener = (req, res) => {
    drain.note(req, res);
    if (isPublicRequest(req.url ?? '')) gateway.listener(req, res);
    else management.app.routing(req, res);
  };
  // A large body may take its time: the proxy watches for stalls, and management bodies are small.
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000, keepAliveTimeout: 65_000 }, listener);
  // The decision comes before the body: the gateway asks for one that it has a use for.
  server.on('checkContinue', (req, res) => {
    if (isPublicRequest(req.url ?? '')) holdContinue(res);
    else res.writeContinue();
    listener(req, res);
  });
  const drain = createDrain(server);
  parts.defer(() => drain.drain(DRAIN_MS));
  return server;
}
