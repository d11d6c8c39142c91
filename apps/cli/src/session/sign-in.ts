import { CliError, notSignedIn } from '../error/cli-error.ts';
import { notLatchkey } from '../error/to-cli-error.ts';
import type { ServerFetch } from './server-request.ts';

const SESSION_COOKIE = /^(?:__Host-)?latchkey\.session_token=[^;]+/;

/** Signs in and answers the cookie of the session. */
export async function signIn(fetch: ServerFetch, origin: string, credentials: { email: string; password: string }): Promise<string> {
  const response = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  if (response.status === 401 || response.status === 400) throw notSignedIn('E-mail address or password is wrong.');
  if (response.status === 429) {
    const seconds = response.headers.get('retry-after');
    const when = seconds === null ? 'later' : `in ${seconds} s`;
    throw new CliError(`Too many attempts to sign in. Try again ${when}.`, { code: 'TOO_MANY_REQUESTS' });
  }
  const cookie = response.headers
    .getSetCookie()
    .flatMap((line) => SESSION_COOKIE.exec(line)?.[0] ?? [])
    .join('; ');
  if (!response.ok || cookie === '') throw notLatchkey();
  return cookie;
}

/** A JWT for the session; `null` where the session has ended. */
export async function fetchJwt(fetch: ServerFetch, origin: string, cookie: string): Promise<string | null> {
  const response = await fetch(`${origin}/api/auth/token`, { headers: { cookie } });
  if (response.status === 401) return null;
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok || typeof body !== 'object' || body === null || !('token' in body) || typeof body.token !== 'string')
    throw notLatchkey();
  return body.token;
}

/** Ends the session on the server. */
export async function signOut(fetch: ServerFetch, origin: string, cookie: string): Promise<void> {
  // The server asks whoever brings a cookie where the request comes from (CSRF).
  const response = await fetch(`${origin}/api/auth/sign-out`, { method: 'POST', headers: { cookie, origin } });
  if (!response.ok) throw notLatchkey();
}

/** When to fetch the next JWT: after four fifths of its life, counted from now, because clocks differ. */
export function renewalTime(jwt: string, now: number): number {
  const payload: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString() || 'null');
  if (typeof payload !== 'object' || payload === null || !('exp' in payload) || !('iat' in payload)) return now;
  return now + (Number(payload.exp) - Number(payload.iat)) * 800;
}
