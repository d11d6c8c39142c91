import { endToEndHeaders, isOwnSetCookie } from './header-filter.ts';

/**
 * What the client gets of an upstream's headers, as names and values in turn. A cookie under one of the console's names would let the
 * upstream choose an administrator's session, so it does not pass.
 */
export function clientResponseHeaders(rawHeaders: readonly string[]): string[] {
  const headers = endToEndHeaders(rawHeaders, () => false);
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (name.toLowerCase() !== 'set-cookie' || !isOwnSetCookie(value)) kept.push(name, value);
  }
  return kept;
}
