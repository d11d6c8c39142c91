import type { Socket } from 'node:net';
import { canonicalAddress } from '@latchkey/bearer-auth';
import type { ReceivedHead } from '../http/received-head.ts';
import { connectionProtocol } from './client-facts-reader.ts';
import type { TrustedPeers } from './trusted-peers.ts';

/** What is known of a client's connection, and what was last written for it. */
interface Peer {
  readonly address: string | null;
  readonly isTrusted: boolean;
  readonly protocol: string;
  host: string | undefined;
  lines: string;
}

/**
 * The lines of a request's head that say how it came here. What a trusted proxy said is continued; what anybody else said is dropped, so
 * that the lines are the same for every request of a connection to the same host.
 */
export function createForwardingFields(trusted: TrustedPeers): (req: ReceivedHead) => string {
  const peers = new WeakMap<Socket, Peer>();

  function findPeer(req: ReceivedHead): Peer {
    const known = peers.get(req.socket);
    if (known !== undefined) return known;
    const address = canonicalAddress(req.socket.remoteAddress);
    const peer: Peer = { address, isTrusted: trusted.has(address), protocol: connectionProtocol(req), host: undefined, lines: '' };
    peers.set(req.socket, peer);
    return peer;
  }

  return (req) => {
    const peer = findPeer(req);
    const host = req.headers.host ?? '';
    if (peer.isTrusted) return writeFields(peer, host, (name) => joined(req, name));
    if (peer.host !== host) {
      peer.host = host;
      peer.lines = writeFields(peer, host, () => null);
    }
    return peer.lines;
  };
}

/** A list that earlier hops began, with one more member. */
export function appended(list: string | null, value: string): string {
  return list === null || list.trim() === '' ? value : `${list}, ${value}`;
}

/** All lines of a field as one list, `null` where there is none. */
export function joined(req: ReceivedHead, name: string): string | null {
  return req.headersDistinct[name]?.join(', ') ?? null;
}

function writeFields({ address, protocol }: Peer, host: string, said: (name: string) => string | null): string {
  const hop = `for=${forwardedNode(address)};host="${host.replace(/["\\]/g, '\\$&')}";proto=${protocol}`;
  return (
    `X-Forwarded-For: ${appended(said('x-forwarded-for'), address ?? 'unknown')}\r\n` +
    `X-Forwarded-Proto: ${said('x-forwarded-proto') ?? protocol}\r\n` +
    `X-Forwarded-Host: ${said('x-forwarded-host') ?? host}\r\n` +
    `Forwarded: ${appended(said('forwarded'), hop)}\r\n`
  );
}

/** RFC 7239 §6: an IPv6 address stands in brackets and quotes. */
function forwardedNode(address: string | null): string {
  if (address === null) return 'unknown';
  return address.includes(':') ? `"[${address}]"` : address;
}
