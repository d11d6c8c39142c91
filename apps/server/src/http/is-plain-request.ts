import type { IncomingMessage } from 'node:http';

/** A name or an address, and a port: what a URL of this server can have. Escapes and delimiters are in none. */
export const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Whether every program on the way reads a request as we do. Node's parser has refused most of what is not (RFC 9112 §11.2: folded lines, bare
 * CR and LF, a length beside an encoding, two lengths, control characters); these it lets through: versions that nobody speaks, several Hosts
 * or none that is one, targets that are no path, encodings that say nothing about the length, and any of them in HTTP/1.0.
 */
export function isPlainRequest(req: IncomingMessage): boolean {
  const { httpVersionMajor, httpVersionMinor, url = '' } = req;
  if (httpVersionMajor !== 1 || httpVersionMinor > 1) return false;
  const isOld = httpVersionMinor === 0;
  if (!isHostPlain(req.rawHeaders, isOld)) return false;
  const encoding = req.headers['transfer-encoding'];
  if (encoding !== undefined && (isOld || encoding.toLowerCase() !== 'chunked')) return false;
  return url.startsWith('/') || (url === '*' && req.method === 'OPTIONS');
}

/** One valid Host; HTTP/1.0 knows none. */
function isHostPlain(rawHeaders: readonly string[], mayLack: boolean): boolean {
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (host !== undefined) return false;
    host = rawHeaders[index + 1] ?? '';
  }
  return host === undefined ? mayLack : HOST.test(host);
}
