import { send } from '@latchkey/bearer-auth/testing';
import { ADMIN } from './latchkey-process.ts';

/** A signed-in administrator's view of the management REST. */
export interface AdminClient {
  readonly jwt: string;
  /** Answers the JSON body; throws with status and body for anything but 2xx. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  createToken(input: Record<string, unknown>): Promise<{ id: number; token: string }>;
}

/** Signs in, as the administrator of the environment where nobody else is named, and uses the JWT from then on. */
export async function signInAsAdmin(url: string, { email, password } = ADMIN): Promise<AdminClient> {
  const signIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (!signIn.ok) throw new Error(`Sign-in failed: ${signIn.status} ${await signIn.text()}`);
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const { token } = (await (await fetch(`${url}/api/auth/token`, { headers: { cookie } })).json()) as { token: string };

  async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    // A connection of its own: one that waits for its first request is closed by the server at a moment that nobody can know.
    const { status, text } = await send(url, {
      method,
      path,
      headers: ['Authorization', `Bearer ${token}`, ...(body === undefined ? [] : ['Content-Type', 'application/json'])],
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  return {
    jwt: token,
    call,
    async createToken(input) {
      const { token } = (await call('POST', '/api/api-tokens', input)) as { token: { id: number; token: string } };
      return token;
    },
  };
}
