/** Cookies of the console's session and sign-in; they live on the same origin as the public API. */
const OWN_COOKIE = /^\s*(?:__Host-|__Secure-)?(?:latchkey|better-auth)\./i;

/** `Cookie` without the console's own, `null` where nothing is left. */
export function withoutOwnCookies(cookie: string): string | null {
  const others = cookie.split(';').filter((pair) => !OWN_COOKIE.test(pair));
  return others.length === 0 ? null : others.join(';').trimStart();
}

export function isOwnSetCookie(setCookie: string): boolean {
  return OWN_COOKIE.test(setCookie);
}
