import { SECURE_SESSION_COOKIE, SESSION_COOKIE } from './auth-instance.ts';

/** Whether a `Cookie` field carries a session, genuine or not. Over TLS only the cookie that is bound to TLS counts. */
export function hasSessionCookie(cookie: string | null, secure: boolean): boolean {
  if (cookie === null) return false;
  const name = secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE;
  return cookie.split(';').some((pair) => pair.trimStart().startsWith(`${name}=`));
}
