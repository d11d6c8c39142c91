import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, type Management, openManagement } from './testing/open-management.ts';
import { signIn, signInAs } from './testing/sign-in.ts';

async function selectAll(management: Management, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: management.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('signing in', () => {
  let management: Management;
  beforeAll(async () => {
    management = await openManagement();
    await signInAs(management, 'admin');
  });
  afterAll(() => management.close());

  const post = (path: string, body: unknown, headers = {}) => management.send(path, { method: 'POST', body, headers });
  const me = (headers: Record<string, string>) => management.send('/trpc/admin.me', { headers });

  it('gives a session cookie that scripts can not read and other sites can not send', async () => {
    const answer = await post('/api/auth/sign-in/email', ADMIN);
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

  it('gives a JWT of 15 minutes that anybody can check with the published keys and that says nothing about the person', async () => {
    const { jwt, id } = await signIn(management);
    const keys = createRemoteJWKSet(new URL('/api/auth/jwks', management.url));
    const { payload, protectedHeader } = await jwtVerify(jwt, keys, { issuer: 'latchkey', audience: 'latchkey-management' });
    expect(protectedHeader.alg).toBe('EdDSA');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect(payload.sub).toBe(id);
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid', 'sub']);
  });

  it('takes the e-mail address in any case', async () => {
    expect((await post('/api/auth/sign-in/email', { ...ADMIN, email: 'ADMIN@Example.com' })).status).toBe(200);
  });

  it('answers a wrong password and an unknown account alike', async () => {
    const wrong = await post('/api/auth/sign-in/email', { ...ADMIN, password: 'wrong horse battery' });
    const unknown = await post('/api/auth/sign-in/email', { ...ADMIN, email: 'nobody@example.com' });
    expect(wrong.status).toBe(401);
    expect(unknown).toMatchObject({ status: 401, text: wrong.text });
  });

  it('keeps no password and no session in the clear log', async () => {
    await post('/api/auth/sign-in/email', { ...ADMIN, password: 'a very wrong password' });
    expect(management.errors.join('')).not.toContain('a very wrong password');
  });

  it('remembers where a session came from', async () => {
    await signIn(management);
    const rows = await selectAll(management, 'select distinct "ipAddress" from auth.session');
    expect(rows).toEqual([{ ipAddress: '127.0.0.1' }]);
  });

  it('does not believe a client about its address', async () => {
    await post('/api/auth/sign-in/email', ADMIN, { 'x-latchkey-client-address': '6.6.6.6', 'x-forwarded-for': '6.6.6.6' });
    const rows = await selectAll(management, `select 1 from auth.session where "ipAddress" = '6.6.6.6'`);
    expect(rows).toEqual([]);
  });

  it('can be ended, and a password changed, by its owner alone', async () => {
    const { cookie } = await signIn(management);
    const headers = { cookie, origin: management.url };
    const change = { currentPassword: ADMIN.password, newPassword: 'another horse battery', revokeOtherSessions: true };
    expect((await post('/api/auth/change-password', { ...change, currentPassword: 'not the password' }, headers)).status).toBe(400);
    const other = await signIn(management);
    const changed = await post('/api/auth/change-password', change, headers);
    expect(changed.status).toBe(200);
    expect((await me({ cookie: other.cookie })).status).toBe(401);
    expect((await me({ authorization: `Bearer ${other.jwt}` })).status).toBe(401);
    const back = { currentPassword: change.newPassword, newPassword: ADMIN.password };
    const fresh = (await signIn(management, { ...ADMIN, password: change.newPassword })).cookie;
    expect((await post('/api/auth/change-password', back, { cookie: fresh, origin: management.url })).status).toBe(200);
  });

  it.each([
    'sign-up/email',
    'update-user',
    'change-email',
    'delete-user',
    'reset-password',
    'request-password-reset',
    'admin/create-user',
    'admin/set-role',
    'sign-in/social',
    'link-social',
    'set-password',
    'update-session',
  ])('has no way to %s', async (call) => {
    const { cookie } = await signIn(management);
    const body = { name: 'Eve', email: 'eve@example.com', password: 'eve needs no invitation', role: 'admin' };
    const answer = await post(`/api/auth/${call}`, body, { cookie, origin: management.url });
    expect(answer.status).toBe(404);
    expect(await management.auth.accounts.list()).toHaveLength(1);
  });
});

describe('the first run', () => {
  let management: Management;
  beforeAll(async () => {
    management = await openManagement();
  });
  afterAll(() => management.close());

  it('goes from the link over the form to a session, once', async () => {
    const state = async () => (await management.send('/trpc/admin.setupState')).json;
    expect(await state()).toEqual({ result: { data: { needed: true } } });
    const setupToken = await management.auth.issueSetupToken();
    const complete = (input: object) =>
      management.send('/trpc/admin.completeSetup', { method: 'POST', body: { name: 'Ada', ...ADMIN, ...input } });
    expect((await complete({ setupToken: 'guessed' })).status).toBe(403);
    expect((await complete({ setupToken, password: 'too short' })).status).toBe(400);
    expect((await complete({ setupToken })).status).toBe(200);
    expect(await state()).toEqual({ result: { data: { needed: false } } });
    expect((await complete({ setupToken, email: 'second@example.com' })).status).toBe(403);
    expect((await signIn(management)).jwt).not.toBe('');
    expect((await management.database.audit.list({ limit: 10, offset: 0 })).entries).toMatchObject([
      { action: 'setup.complete', ipAddress: '127.0.0.1' },
    ]);
  });
});

describe('guessing passwords', () => {
  let management: Management;
  let address = '127.0.0.1';
  let clock = Date.now();
  beforeEach(async () => {
    address = '198.51.100.1';
    management = await openManagement({
      now: () => clock,
      limits: { perAddress: { window: 60, max: 5 }, perAccount: { window: 900, max: 8 } },
      facts: (facts) => ({ ...facts, address }),
    });
    await management.auth.accounts.ensureFirstAdministrator(ADMIN.email, ADMIN.password);
  });
  afterEach(() => management.close());

  const attempt = async (credentials: { email: string; password: string }) =>
    management.send('/api/auth/sign-in/email', { method: 'POST', body: credentials });
  const guess = async (email = ADMIN.email) => (await attempt({ email, password: 'a guess of twelve' })).status;
  const times = (count: number, work: (index: number) => Promise<number>) =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index)));

  it('from one address is stopped exactly at its limit, however many guess at once, and says for how long', async () => {
    const answers = await times(12, (index) => guess(`user${index}@example.com`));
    expect(answers.filter((status) => status === 401)).toHaveLength(5);
    expect(answers.filter((status) => status === 429)).toHaveLength(7);
    const refused = await attempt(ADMIN);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('is allowed again when the window is over', async () => {
    await times(6, () => guess());
    expect(await guess()).toBe(429);
    clock += 61_000;
    expect((await attempt(ADMIN)).status).toBe(200);
  });

  it('of one account is stopped too when it comes from many addresses', async () => {
    for (let index = 1; index <= 8; index += 1) {
      address = `203.0.113.${index}`;
      expect(await guess()).toBe(401);
    }
    address = '203.0.113.99';
    expect(await guess(ADMIN.email.toUpperCase())).toBe(429);
    expect((await attempt(ADMIN)).status).toBe(429);
    expect(await guess('somebody.else@example.com')).toBe(401);
  });

  it('does not lock the owner out of an address where they have signed in before', async () => {
    expect((await attempt(ADMIN)).status).toBe(200);
    for (let index = 1; index <= 10; index += 1) {
      address = `203.0.113.${index}`;
      await guess();
    }
    expect(await guess()).toBe(429);
    address = '198.51.100.1';
    expect((await attempt(ADMIN)).status).toBe(200);
  });

  it('is counted without keeping anybody’s e-mail address', async () => {
    await guess('private@example.com');
    const rows = await selectAll(management, `select encode(key, 'escape') as key from auth.attempt`);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('private');
  });
});
