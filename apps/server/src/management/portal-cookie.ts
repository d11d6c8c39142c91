const COOKIE = 'latchkey.portal';
/** Bound to TLS and to this host: no neighbouring host can set it. */
const SECURE_COOKIE = `__Host-${COOKIE}`;

/** The bearer in a `Cookie` field. Over TLS only the cookie that is bound to TLS counts. */
export function readPortalCookie(field: string | undefined, secure: boolean): string | null {
  const name = secure ? SECURE_COOKIE : COOKIE;
  const pair = field
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`));
  return pair === undefined ? null : pair.slice(name.length + 1);
}

/** A `Set-Cookie` field: read by no script, sent by no other site, gone with the session. `bearer: ''` removes it. */
export function writePortalCookie(bearer: string, maxAgeSeconds: number, secure: boolean): string {
  const name = secure ? SECURE_COOKIE : COOKIE;
  return `${name}=${bearer}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}${secure ? '; Secure' : ''}`;
}
