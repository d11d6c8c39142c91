import type { Role } from '@latchkey/api';
import { ADMIN, type Management } from './open-management.ts';

export interface SignedIn {
  readonly id: string;
  /** For the field `Cookie`. */
  readonly cookie: string;
  readonly jwt: string;
}

const ACTOR = { id: null, name: 'test', ipAddress: null, userAgent: null };

/** Signs in with e-mail and password as the console does, and fetches a JWT as a program does. */
export async function signIn(management: Management, credentials: { email: string; password: string } = ADMIN): Promise<SignedIn> {
  const answer = await management.send('/api/auth/sign-in/email', { method: 'POST', body: credentials });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status} ${answer.text}`);
  const [setCookie] = [answer.headers['set-cookie'] ?? []].flat();
  const cookie = setCookie?.split(';', 1)[0] ?? '';
  const token = await management.send('/api/auth/token', { headers: { cookie } });
  const { user } = answer.json as { user: { id: string } };
  return { id: user.id, cookie, jwt: (token.json as { token: string }).token };
}

/** Makes an account of the given role, the first administrator where there is none, and signs it in. */
export async function signInAs(management: Management, role: Role): Promise<SignedIn> {
  await management.auth.accounts.ensureFirstAdministrator(ADMIN.email, ADMIN.password);
  if (role === 'admin') return signIn(management);
  const viewer = { name: 'Vera', email: 'viewer@example.com', password: 'a viewer of all things' };
  await management.auth.accounts.add({ ...viewer, role }, ACTOR);
  return signIn(management, viewer);
}
