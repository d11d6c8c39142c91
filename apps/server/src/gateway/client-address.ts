import type { Socket } from 'node:net';
import { canonicalAddress } from '@latchkey/bearer-auth';
import type { ReceivedHead } from '../http/received-head.ts';
import { type ForwardedHop, readForwardedHops } from './forwarded-header.ts';
import type { TrustedPeers } from './trusted-peers.ts';

/**
 * The client's address in canonical form: that of the connection, unless a trusted proxy is at its other end; then the right-most hop that
 * is no trusted proxy. A hop that is not an address ends the search: what stands left of it was not said by anybody we trust.
 */
export function createClientAddressReader(trusted: TrustedPeers): (req: ReceivedHead) => string | null {
  // One connection has many requests.
  const untrusted = new WeakMap<Socket, string | null>();
  return (req) => {
    const known = untrusted.get(req.socket);
    if (known !== undefined) return known;
    let client = canonicalAddress(req.socket.remoteAddress);
    if (!trusted.has(client)) {
      untrusted.set(req.socket, client);
      return client;
    }
    for (const hop of readForwardedHops(req).toReversed()) {
      const address = canonicalAddress(withoutPort(hop));
      if (address === null) break;
      client = address;
      if (!trusted.has(address)) break;
    }
    return client;
  };
}

/** `192.0.2.1:80` and `[2001:db8::1]:80` come from some proxies. */
function withoutPort(hop: ForwardedHop): string {
  if (hop.startsWith('[')) return hop.slice(1, Math.max(1, hop.indexOf(']')));
  const colon = hop.indexOf(':');
  return colon !== -1 && colon === hop.lastIndexOf(':') ? hop.slice(0, colon) : hop;
}
