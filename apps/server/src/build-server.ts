import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Database } from '@latchkey/database';
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { Secrets } from './data-directory/load-secrets.ts';

export interface ServerParts {
  readonly config: Config;
  readonly database: Database;
  readonly dataDirectory: string;
  readonly secrets: Secrets;
  readonly logger: Logger;
}

export interface LatchkeyServer {
  listen(): Promise<{ url: string }>;
  /** The link to set up the first administrator, or null where there is one. */
  firstRun(): Promise<string | null>;
  close(): Promise<void>;
}

export async function buildServer({ config, database }: ServerParts): Promise<LatchkeyServer> {
  const server = createServer(async (request, response) => {
    const isReady =
      request.url === '/readyz'
        ? await database.ping().then(
            () => true,
            () => false,
          )
        : request.url === '/healthz';
    response.writeHead(isReady ? 200 : request.url === '/readyz' ? 503 : 404).end();
  });
  return {
    async listen() {
      server.listen({ host: config.host, port: config.port });
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : config.port;
      return { url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}` };
    },
    firstRun: async () => null,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
