import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, type Management, openManagement } from './testing/open-management.ts';
import { signIn, signInAs } from './testing/sign-in.ts';

let management: Management;
beforeAll(async () => {
  management = await openManagement();
  await signInAs(management, 'admin');
});
afterAll(() => management.close());

const me = (headers: Record<string, string>) => management.send('/trpc/admin.me', { headers });

describe('signing in', () => {
  it('gives a session cookie that scripts can not read and other sites can not send', async () => {
    const answer = await management.send('/api/auth/sign-in/email', { method: 'POST', body: ADMIN });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^latchkey\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('makes the session and the JWT good for procedures', async () => {
    const { cookie, jwt, id } = await signIn(management);
    const expected = { result: { data: { id, name: 'Administrator', email: ADMIN.email, role: 'admin' } } };
    expect((await me({ cookie })).json).toEqual(expected);
    expect((await me({ authorization: `Bearer ${jwt}` })).json).toEqual(expected);
    expect((await me({ authorization: `bearer   ${jwt}` })).json).toEqual(expected);
  });
});
