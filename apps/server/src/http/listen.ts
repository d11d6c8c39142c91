import { once } from 'node:events';
import type { Server } from 'node:http';

/** Where to accept connections. */
export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Where several threads accept connections together. */
export interface ThreadAddress extends Address {
  readonly reusePort: boolean;
}

/** Resolves with the port once the server accepts connections. */
export async function listen(server: Server, { host, port, reusePort = false }: Address & Partial<ThreadAddress>): Promise<number> {
  server.listen({ host, port, reusePort });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** The address under which this machine reaches a server that listens on `host`. */
export function reachableUrl({ host, port }: Address): string {
  return `http://${reachableName(host)}:${port}`;
}

function reachableName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
