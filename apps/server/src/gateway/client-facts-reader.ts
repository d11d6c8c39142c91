import type { TLSSocket } from 'node:tls';
import { canonicalAddress } from '@latchkey/bearer-auth';
import type { ReceivedHead } from '../http/received-head.ts';
import type { ReadClientFacts } from '../management/client-facts.ts';
import { createClientAddressReader } from './client-address.ts';
import { readForwardedFact } from './forwarded-header.ts';
import type { TrustedPeers } from './trusted-peers.ts';

/** @param publicUrl the origin people use, where it is configured; otherwise it is what the request says, or a trusted proxy of it. */
export function createClientFactsReader(trusted: TrustedPeers, publicUrl: URL | null): ReadClientFacts {
  const clientAddress = createClientAddressReader(trusted);
  return (req) => ({ address: clientAddress(req), origin: publicUrl?.origin ?? readOrigin(req, trusted) });
}

/** Whether a request came over TLS, by its connection or by the word of a trusted proxy; what `LATCHKEY_PUBLIC_URL` says proves nothing. */
export function createSecureReader(trusted: TrustedPeers): (req: ReceivedHead) => boolean {
  return (req) => (trusted.has(canonicalAddress(req.socket.remoteAddress)) ? readProtocol(req) : connectionProtocol(req)) === 'https';
}

function readOrigin(req: ReceivedHead, trusted: TrustedPeers): string {
  const isTrusted = trusted.has(canonicalAddress(req.socket.remoteAddress));
  const host = (isTrusted ? readForwardedFact(req, 'host') : null) ?? req.headers.host ?? '';
  return `${isTrusted ? readProtocol(req) : connectionProtocol(req)}://${host.toLowerCase()}`;
}

function readProtocol(req: ReceivedHead): string {
  const protocol = readForwardedFact(req, 'proto')?.toLowerCase();
  return protocol === 'http' || protocol === 'https' ? protocol : connectionProtocol(req);
}

/** `https` on a TLS connection. */
export function connectionProtocol(req: ReceivedHead): 'http' | 'https' {
  return (req.socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
}
