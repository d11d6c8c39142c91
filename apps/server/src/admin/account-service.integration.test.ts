import { openDatabase } from '@latchkey/database';
import { createTestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Auth, createAuth } from './create-auth.ts';

const ACTOR = { id: 'actor', name: 'Ada', ipAddress: '203.0.113.7', userAgent: 'test' };
const FIRST = { name: 'Ada', email: 'Ada@Example.com', password: 'correct horse battery' };

let test: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Awaited<ReturnType<typeof openDatabase>>;
let clock = Date.now();
const open: Auth[] = [];

function openAuth(secret = 'a secret of the tests, long enough to be one'): Auth {
  const auth = createAuth({
    databaseUrl: test.url,
    secret,
    baseUrl: 'http://127.0.0.1',
    now: () => clock,
    logger: pino({ level: 'silent' }),
  });
  open.push(auth);
  return auth;
}

beforeEach(async () => {
  clock = Date.now();
  test = await createTestDatabase();
  database = await openDatabase({ url: test.url });
  await database.migrate();
});
afterEach(async () => {
  await Promise.all([...open.splice(0).map((auth) => auth.close()), database.close()]);
  await test.drop();
});

/** Starts changes that all get as far as the decision, holds them there until every one has arrived, and lets them go together. */
async function atTheSameMoment<Result>(changes: (() => Promise<Result>)[]): Promise<PromiseSettledResult<Result>[]> {
  const gate = new Client({ connectionString: test.url });
  await gate.connect();
  await gate.query('begin; select pg_advisory_xact_lock(727011)');
  const results = Promise.allSettled(changes.map((change) => change()));
  const waiting = `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
  await expect.poll(async () => (await gate.query(waiting)).rows[0].count, { timeout: 20_000 }).toBe(changes.length);
  await gate.end();
  return results;
}

const audited = async () => (await database.audit.list({ limit: 100, offset: 0 })).entries;

describe('the tables', () => {
  it('are made once by three starters at the same moment, and again by nobody', async () => {
    const starters = [openAuth(), openAuth(), openAuth()];
    await Promise.all(starters.map((auth) => auth.migrate()));
    await starters[0]?.migrate();
    expect(await starters[1]?.accounts.isSetupNeeded()).toBe(true);
  });
});

it('JWTs can be had again after the secret was changed, and those made before are refused', async () => {
  const fetchJwt = async (auth: Auth) => {
    const send = { secure: false, headers: new Headers(), clientAddress: null };
    const body = JSON.stringify({ email: FIRST.email, password: FIRST.password });
    const signedIn = await auth.handle({ ...send, method: 'POST', url: '/api/auth/sign-in/email', body });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    const answer = await auth.handle({ ...send, method: 'GET', url: '/api/auth/token', headers: new Headers({ cookie }), body: null });
    return new Headers({ authorization: `Bearer ${((await answer.json()) as { token: string }).token}` });
  };
  const before = openAuth();
  await before.migrate();
  await before.accounts.ensureFirstAdministrator(FIRST.email, FIRST.password);
  const oldJwt = await fetchJwt(before);
  expect(await before.authenticate(oldJwt, false)).toMatchObject({ account: { email: 'ada@example.com' } });

  const after = openAuth('another secret of the tests, just as long');
  await after.migrate();
  expect(await after.authenticate(await fetchJwt(after), false)).toMatchObject({ account: { email: 'ada@example.com' }, by: 'jwt' });
  expect(await after.authenticate(oldJwt, false)).toEqual({ account: null, refused: true });
});

describe('the first administrator', () => {
  let auth: Auth;
  beforeEach(async () => {
    auth = openAuth();
    await auth.migrate();
  });
  const issue = async (): Promise<string> => {
    const token = await auth.issueSetupToken();
    if (token === null) throw new Error('no set-up token');
    return token;
  };
  const complete = (setupToken: string, email = FIRST.email) =>
    auth.accounts.completeSetup({ ...FIRST, email, setupToken }, { ...ACTOR, id: null });

  it('is made with the one-time link, and written down', async () => {
    const member = await complete(await issue());
    expect(member).toMatchObject({ name: 'Ada', email: 'ada@example.com', role: 'admin' });
    expect(await auth.accounts.isSetupNeeded()).toBe(false);
    expect(await audited()).toMatchObject([
      {
        action: 'setup.complete',
        actorId: member.id,
        actorName: 'Ada',
        targetId: member.id,
        before: null,
        after: { name: 'Ada', email: 'ada@example.com', role: 'admin' },
        ipAddress: '203.0.113.7',
      },
    ]);
  });

  it('is one, however many follow links at the same moment', async () => {
    const tokens = await Promise.all(Array.from({ length: 4 }, issue));
    const results = await atTheSameMoment(tokens.map((token, index) => () => complete(token, `user${index}@example.com`)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'FORBIDDEN' });
    expect(await auth.accounts.list()).toHaveLength(1);
    expect(await audited()).toHaveLength(1);
  });

  it('is one also where the same link is followed twice at once', async () => {
    const token = await issue();
    const results = await atTheSameMoment([() => complete(token, 'a@example.com'), () => complete(token, 'b@example.com')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is not made with a link that is wrong, used or older than 30 minutes', async () => {
    const token = await issue();
    await expect(complete(`${token}x`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    clock += 30 * 60_000;
    await expect(complete(token)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await complete(await issue());
    await expect(complete(token)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await auth.accounts.list()).toHaveLength(1);
  });

  it('can be made through any process, whoever printed the link', async () => {
    const token = await openAuth().issueSetupToken();
    expect(await complete(token ?? '')).toMatchObject({ role: 'admin' });
  });

  it('leaves no link good, and lets none be printed', async () => {
    const [used, other] = [await issue(), await issue()];
    const { id } = await complete(used);
    expect(await auth.issueSetupToken()).toBeNull();
    await expect(complete(other, 'b@example.com')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(id).not.toBe('');
  });

  it('is made from the environment once, by three starters at the same moment', async () => {
    const starters = [auth, openAuth(), openAuth()];
    const made = await atTheSameMoment(
      starters.map(
        ({ accounts }) =>
          () =>
            accounts.ensureFirstAdministrator('env@example.com', FIRST.password),
      ),
    );
    expect(made.map((result) => result.status === 'fulfilled' && result.value).sort()).toEqual([false, false, true]);
    expect(await auth.accounts.ensureFirstAdministrator('other@example.com', FIRST.password)).toBe(false);
    expect(await auth.accounts.list()).toMatchObject([{ email: 'env@example.com', role: 'admin' }]);
    expect(await audited()).toMatchObject([{ action: 'setup.complete', actorName: 'system' }]);
  });
});

describe('members', () => {
  let auth: Auth;
  let adaId: string;
  beforeEach(async () => {
    auth = openAuth();
    await auth.migrate();
    await auth.accounts.ensureFirstAdministrator(FIRST.email, FIRST.password);
    adaId = (await auth.accounts.list())[0]?.id ?? '';
  });
  const add = (role: 'admin' | 'viewer', email = 'vera@example.com') =>
    auth.accounts.add({ name: 'Vera', email, password: 'a viewer of all things', role }, ACTOR);

  it('are added, changed and removed, each with who did it and what changed', async () => {
    const vera = await add('viewer');
    await auth.accounts.setRole(vera.id, 'admin', ACTOR);
    await auth.accounts.remove(vera.id, ACTOR);
    const entries = (await audited()).filter(({ targetId }) => targetId === vera.id).reverse();
    expect(entries).toMatchObject([
      { action: 'member.add', before: null, after: { name: 'Vera', email: 'vera@example.com', role: 'viewer' }, actorName: 'Ada' },
      { action: 'member.set_role', before: { role: 'viewer' }, after: { role: 'admin' } },
      { action: 'member.remove', before: { name: 'Vera', email: 'vera@example.com', role: 'admin' }, after: null },
    ]);
    expect(JSON.stringify(await audited())).not.toMatch(/password|a viewer of all things/);
    expect(await auth.accounts.list()).toHaveLength(1);
  });

  it('do not share an e-mail address, and nothing is written down of the attempt', async () => {
    await add('viewer');
    await expect(add('admin', 'VERA@example.com')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await audited()).toHaveLength(2);
  });

  it('that do not exist are not found', async () => {
    await expect(auth.accounts.setRole('nobody', 'admin', ACTOR)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(auth.accounts.remove('nobody', ACTOR)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keep an administrator', async () => {
    await add('viewer');
    await expect(auth.accounts.setRole(adaId, 'viewer', ACTOR)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(auth.accounts.remove(adaId, ACTOR)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('keep an administrator also where the last two remove each other at the same moment', async () => {
    const vera = await add('admin');
    const results = await atTheSameMoment<unknown>([
      () => auth.accounts.remove(vera.id, ACTOR),
      () => auth.accounts.setRole(adaId, 'viewer', ACTOR),
    ]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect((await auth.accounts.list()).filter(({ role }) => role === 'admin')).toHaveLength(1);
  });

  it('are not changed where the change can not be written down', async () => {
    const nameless = { ...ACTOR, name: null as unknown as string };
    await expect(
      auth.accounts.add({ name: 'X', email: 'x@example.com', password: FIRST.password, role: 'viewer' }, nameless),
    ).rejects.toThrow();
    const vera = await add('viewer');
    await expect(auth.accounts.setRole(vera.id, 'admin', nameless)).rejects.toThrow();
    await expect(auth.accounts.remove(vera.id, nameless)).rejects.toThrow();
    expect((await auth.accounts.list()).map(({ role }) => role).sort()).toEqual(['admin', 'viewer']);
  });

  it('whose role stays what it was change nothing', async () => {
    expect(await auth.accounts.setRole(adaId, 'admin', ACTOR)).toMatchObject({ role: 'admin' });
    expect(await audited()).toHaveLength(1);
  });
});
