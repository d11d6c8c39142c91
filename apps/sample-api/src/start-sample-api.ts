import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSampleApi } from './sample-api.ts';

export interface SampleApiAddress {
  /** 0 takes any free port. Default 0. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
}

export interface RunningSampleApi {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /** Resolves when the port is free again; open connections are cut. */
  close(): Promise<void>;
}

/** Resolves once it accepts requests; rejects when the port is taken. */
export async function startSampleApi({ port = 0, host = '127.0.0.1' }: SampleApiAddress = {}): Promise<RunningSampleApi> {
  // A gateway keeps connections open for longer than Node's 5 seconds between requests.
  const server = createServer({ keepAliveTimeout: 75_000 }, createSampleApi());
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
