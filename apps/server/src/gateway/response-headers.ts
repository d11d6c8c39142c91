import { addConnectionOptions } from './connection-options.ts';
import { fieldKind } from './field-kind.ts';
import { isOwnSetCookie } from './own-cookies.ts';

/**
 * What the client gets of an upstream's headers, as names and values in turn. A cookie under one of the console's names would let the
 * upstream choose an administrator's session, so it does not pass; nor does a length where there is no body to have one (RFC 9110 §8.6).
 */
export function clientResponseHeaders(status: number, rawHeaders: readonly string[]): string[] {
  let named: Set<string> | null = null;
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const kind = fieldKind(name);
    if (kind === 'connection') named = addConnectionOptions(named, value);
    if (kind === 'hop-by-hop' || kind === 'connection') continue;
    if (kind === 'set-cookie' && isOwnSetCookie(value)) continue;
    if (status === 204 && name.toLowerCase() === 'content-length') continue;
    kept.push(name, value);
  }
  return named === null ? kept : withoutNamed(kept, named);
}

function withoutNamed(headers: readonly string[], named: ReadonlySet<string>): string[] {
  return headers.filter((_, index) => !named.has((headers[index - (index % 2)] ?? '').toLowerCase()));
}
