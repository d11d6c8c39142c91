import { z } from 'zod';

/** Why a sign-in did not work, in words for the form. */
export type SignInResult = { ok: true } | { ok: false; message: string };

/** Opens a session; the answer sets the cookie. */
export async function signIn(input: { email: string; password: string }): Promise<SignInResult> {
  const response = await post('/api/auth/sign-in/email', input);
  if (response === null) return refused('Latchkey did not answer. Check that the server is running, and your network.');
  if (response.ok) return { ok: true };
  if (response.status === 429) return refused(tooMany(response));
  if (response.status === 401 || response.status === 400) return refused('E-mail address or password is wrong.');
  return refused(await explain(response));
}

/** Ends the session on the server. */
export async function signOut(): Promise<boolean> {
  const response = await post('/api/auth/sign-out', {});
  return response?.ok ?? false;
}

async function post(path: string, body: unknown): Promise<Response | null> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch {
    return null;
  }
}

function refused(message: string): SignInResult {
  return { ok: false, message };
}

function tooMany(response: Response): string {
  const seconds = Number(response.headers.get('retry-after') ?? response.headers.get('x-retry-after'));
  if (!(seconds > 0)) return 'Too many attempts. Wait a minute, then try again.';
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds)} seconds`;
  return `Too many attempts. Try again in ${wait}.`;
}

async function explain(response: Response): Promise<string> {
  const body = z.object({ message: z.string() }).safeParse(await response.json().catch(() => null));
  return body.success ? body.data.message : `Sign-in failed (HTTP ${response.status}).`;
}
