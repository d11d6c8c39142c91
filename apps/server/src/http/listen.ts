import { once } from 'node:events';
import type { Server } from 'node:http';

/** Where to accept connections. */
interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** The address under which this machine reaches the server, once it accepts connections. */
export async function listen(server: Server, { host, port }: Address): Promise<string> {
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
