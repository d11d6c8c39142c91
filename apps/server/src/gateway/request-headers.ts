import type { IncomingMessage } from 'node:http';
import { type Admission, canonicalAddress } from '@latchkey/bearer-auth';
import { connectionProtocol } from './client-facts-reader.ts';
import { endToEndHeaders, withoutOwnCookies } from './header-filter.ts';
import { identityHeaders } from './identity-headers.ts';
import type { TrustedPeers } from './trusted-peers.ts';

// Never passed on as they came: credentials are ours, forwarding headers are rebuilt, and framing is done anew.
const REBUILT: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'x-api-key',
  'cookie',
  'content-length',
  'expect',
  'forwarded',
  'via',
  'x-real-ip',
  'x-request-id',
]);

/** What the upstream gets of a request, as names and values in turn. */
export function upstreamRequestHeaders(req: IncomingMessage, admission: Admission, host: string, trusted: TrustedPeers): string[] {
  const headers = endToEndHeaders(req.rawHeaders, isRebuilt);
  headers.push('Host', host, 'X-Request-Id', admission.requestId, 'Via', joined(req, 'via', `${req.httpVersion} latchkey`));
  const cookie = req.headers.cookie === undefined ? null : withoutOwnCookies(req.headers.cookie);
  if (cookie !== null) headers.push('Cookie', cookie);
  headers.push(...identityHeaders(admission.token));
  pushForwarding(headers, req, trusted);
  pushFraming(headers, req);
  return headers;
}

/** Whether a body follows, possibly an empty one. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function isRebuilt(name: string): boolean {
  return REBUILT.has(name) || name.startsWith('x-latchkey-') || name.startsWith('x-forwarded-');
}

/** What a trusted proxy said is continued; what anybody else said is dropped. */
function pushForwarding(headers: string[], req: IncomingMessage, trusted: TrustedPeers): void {
  const peer = canonicalAddress(req.socket.remoteAddress);
  const isTrusted = trusted.has(peer);
  const said = (name: string) => (isTrusted ? (req.headersDistinct[name]?.join(', ') ?? null) : null);
  const protocol = connectionProtocol(req);
  const host = req.headers.host ?? '';
  const hop = `for=${forwardedNode(peer)};host="${host.replace(/["\\]/g, '\\$&')}";proto=${protocol}`;
  headers.push('X-Forwarded-For', appended(said('x-forwarded-for'), peer ?? 'unknown'));
  headers.push('X-Forwarded-Proto', said('x-forwarded-proto') ?? protocol);
  headers.push('X-Forwarded-Host', said('x-forwarded-host') ?? host);
  headers.push('Forwarded', appended(said('forwarded'), hop));
}

/** RFC 7239 §6: an IPv6 address stands in brackets and quotes. */
function forwardedNode(address: string | null): string {
  if (address === null) return 'unknown';
  return address.includes(':') ? `"[${address}]"` : address;
}

/** The length as declared or chunks as it came; a method that usually has a body says that there is none. */
function pushFraming(headers: string[], req: IncomingMessage): void {
  if (req.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  else if (req.headers['content-length'] !== undefined) headers.push('Content-Length', req.headers['content-length']);
  else if (!BODILESS.has(req.method ?? 'GET')) headers.push('Content-Length', '0');
}

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE']);

function joined(req: IncomingMessage, name: string, value: string): string {
  return appended(req.headersDistinct[name]?.join(', ') ?? null, value);
}

function appended(list: string | null, value: string): string {
  return list === null || list.trim() === '' ? value : `${list}, ${value}`;
}
