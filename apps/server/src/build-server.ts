import { createTokenDigester } from '@latchkey/bearer-auth';
import { listTokenPrefixes } from '@latchkey/core';
import type { Database } from '@latchkey/database';
import { type Gateway, openGateway } from './gateway/open-gateway.ts';
import { registerGateway } from './gateway/register-gateway.ts';
import { isPublicRequest } from './http/is-public-request.ts';
import { listen, reachableUrl } from './http/listen.ts';
import type { Listener } from './http/listener.ts';
import { openFront } from './http/open-front.ts';
import { followEvents } from './lifecycle/follow-events.ts';
import { type Management, openManagement } from './management/open-management.ts';
import type { ServerOptions } from './server-options.ts';
import { openThreadedDoor } from './thread/open-threaded-door.ts';

export interface LatchkeyServer {
  listen(): Promise<{ url: string }>;
  /** The link to set up the first administrator, or null where there is one. */
  firstRun(): Promise<string | null>;
  /** Resolves with the reason when it can not go on. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

/** Makes every part and joins them under one listener. Nothing accepts requests before `listen`. */
export async function buildServer(options: ServerOptions): Promise<LatchkeyServer> {
  await using parts = new AsyncDisposableStack();
  const { config, policy, secrets } = options;
  const digester = createTokenDigester({
    secrets: secrets.tokenSecrets,
    prefixes: listTokenPrefixes(policy).map(({ prefix }) => prefix),
  });
  const gateway = await openGateway(options, digester, parts);
  await registerGateway(options, gateway, config.threads);
  const management = await openManagement(options, digester, gateway, parts);
  await startJobs(options.database);
  followEvents(options, parts);
  const door = await openDoor(options, gateway, createListener(gateway, management), parts);
  if (config.admin) await management.auth.accounts.ensureFirstAdministrator(config.admin.email, config.admin.password);
  const built = parts.move();
  let url = '';
  return {
    async listen() {
      url = reachableUrl({ host: config.host, port: await door.listen() });
      return { url };
    },
    async firstRun() {
      const token = await management.auth.issueSetupToken();
      return token === null ? null : `${config.publicUrl?.origin ?? url}/setup#token=${token}`;
    },
    failed: door.failed,
    close: () => built.disposeAsync(),
  };
}

async function startJobs(database: Database): Promise<void> {
  await database.partitionJob.start();
  database.overlapJob.start();
  database.eventJob.start();
}

/** Where requests come in. */
interface Door {
  /** Resolves with the port. */
  listen(): Promise<number>;
  readonly failed: Promise<string>;
}

const NEVER = new Promise<never>(() => undefined);

async function openDoor(options: ServerOptions, gateway: Gateway, listener: Listener, parts: AsyncDisposableStack): Promise<Door> {
  if (options.config.threads > 1) return openThreadedDoor(options, gateway, listener, parts);
  const server = openFront({ listener, isPublic: isPublicRequest, lane: gateway.lane, logger: options.logger }, parts);
  return { listen: () => listen(server, options.config), failed: NEVER };
}

/** One origin: what is below `/api` for the gateway, everything else for the management. */
function createListener(gateway: Gateway, management: Management): Listener {
  return (req, res) => {
    if (isPublicRequest(req.url ?? '')) return gateway.listener(req, res);
    management.app.routing(req, res);
    return undefined;
  };
}
