// Fields that belong to one connection (RFC 9110 §7.6.1), in lower case. Framing is among them: each side does its own.
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Cookies of the console's session and sign-in; they live on the same origin as the public API. */
const OWN_COOKIE = /^\s*(?:__Host-|__Secure-)?(?:latchkey|better-auth)\./i;

/** The fields of a message that may go on, as names and values in turn. `isDropped` gets names in lower case with `_` as `-`. */
export function endToEndHeaders(rawHeaders: readonly string[], isDropped: (name: string) => boolean): string[] {
  const named = connectionOptions(rawHeaders);
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const canonical = canonicalName(name);
    if (HOP_BY_HOP.has(canonical) || named.has(name.toLowerCase()) || isDropped(canonical)) continue;
    kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
}

/** `Cookie` without the console's own, `null` where nothing is left. */
export function withoutOwnCookies(cookie: string): string | null {
  const others = cookie.split(';').filter((pair) => !OWN_COOKIE.test(pair));
  return others.length === 0 ? null : others.join(';').trimStart();
}

export function isOwnSetCookie(setCookie: string): boolean {
  return OWN_COOKIE.test(setCookie);
}

/** Many frameworks read `X_Forwarded_For` and `X-Forwarded-For` as the same variable. */
function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

function connectionOptions(rawHeaders: readonly string[]): ReadonlySet<string> {
  const options = new Set<string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'connection') continue;
    for (const option of (rawHeaders[index + 1] ?? '').split(',')) options.add(option.trim().toLowerCase());
  }
  return options;
}
