import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { createTcpProxy } from './testing/create-tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';
import { ada, newToken } from './testing/new-token.ts';

let testDatabase: TestDatabase;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
});
afterEach(() => testDatabase.drop());

function withUrl(change: (url: URL) => void): string {
  const url = new URL(testDatabase.url);
  change(url);
  return url.href;
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a database that can not be opened is one error, without the password:', () => {
  test('nobody listens there', async () => {
    const port = await unusedPort();
    const url = `postgresql://latchkey:hunter2@127.0.0.1:${port}/tokens`;
    await expect(openDatabase({ url })).rejects.toMatchObject({
      name: 'DatabaseUnavailableError',
      code: 'DATABASE_UNREACHABLE',
      message: `PostgreSQL at 127.0.0.1:${port}/tokens cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}.`,
    });
  });

  test('the host does not exist', async () => {
    const opening = openDatabase({ url: 'postgresql://latchkey:hunter2@no-such-host.invalid/tokens' });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.not.stringContaining('hunter2') });
  });

  test('the password is wrong', async () => {
    const url = withUrl((each) => {
      each.password = 'hunter2';
    });
    const refused = {
      code: 'DATABASE_REFUSED',
      message: expect.stringMatching(/^PostgreSQL at [^ ]+ refused the connection: password authentication/),
    };
    await expect(openDatabase({ url })).rejects.toMatchObject(refused);
    await expect(openDatabase({ url })).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') });
  });

  test('the database does not exist', async () => {
    const url = withUrl((each) => {
      each.pathname = '/absent';
    });
    await expect(openDatabase({ url })).rejects.toMatchObject({
      code: 'DATABASE_REFUSED',
      message: expect.stringContaining('/absent refused'),
    });
  });

  test.each([
    '',
    'localhost',
    'mysql://root:hunter2@localhost/x',
    'postgresql://user:hunter2@host:port/x',
    'postgresql://user:hunter2%E0@localhost/x',
    'postgresql://us%E0er:hunter2@localhost/x',
    'postgresql://user:hunter2@localhost/%E0',
  ])('%j is no address', async (url) => {
    const invalid = { code: 'DATABASE_URL_INVALID', message: expect.not.stringContaining('hunter2') };
    await expect(openDatabase({ url })).rejects.toMatchObject(invalid);
  });
});

test.each(['p@ss/w:o#r?d', '100% sure', '日本', "quo'te"])('opens with the password %j', async (password) => {
  const observer = new Client({ connectionString: testDatabase.url });
  await observer.connect();
  const role = `role_${new URL(testDatabase.url).pathname.slice(1)}`;
  try {
    await observer.query(`create role ${role} login superuser password ${observer.escapeLiteral(password)}`);
    const url = withUrl((each) => {
      each.username = role;
      each.password = encodeURIComponent(password);
    });
    const database = await openDatabase({ url });
    await database.tokens.create(newToken(), ada);
    await database.close();
  } finally {
    await observer.query(`drop role ${role}`);
    await observer.end();
  }
});

test('close ends every connection', async () => {
  const observer = new Client({ connectionString: testDatabase.url });
  await observer.connect();
  const others = `select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  const database = await openDatabase({ url: testDatabase.url });
  await database.tokens.create(newToken(), ada);
  await database.tokens.list({ limit: 1, offset: 0, sort: 'id', order: 'asc' });
  await database.ping();
  const listening = new Promise<void>((resolve) => {
    database.tokenSource.subscribe(({ kind }) => {
      if (kind === 'resync') resolve();
    });
  });
  await listening;
  expect((await observer.query(others)).rows[0].count).toBeGreaterThanOrEqual(4);
  await database.close();
  // The server takes a moment to see that a client has left.
  await expect.poll(async () => (await observer.query(others)).rows[0].count).toBe(0);
  await observer.end();
});

test('while the database is away, operations say so and the next ones work again', async () => {
  const proxy = await createTcpProxy(testDatabase.url);
  const database = await openDatabase({ url: proxy.url });
  const { id } = await database.tokens.create(newToken(), ada);
  proxy.cut();
  const away = { name: 'OperationError', code: 'TEMPORARILY_UNAVAILABLE' };
  await expect(database.tokens.get(id)).rejects.toMatchObject(away);
  // More often than the write model has connections: none may get lost.
  for (let n = 0; n < 8; n += 1) await expect(database.tokens.update(id, { name: 'x' }, ada)).rejects.toMatchObject(away);
  await expect(database.audit.list({ limit: 1, offset: 0 })).rejects.toMatchObject(away);
  await expect(database.ping()).rejects.toThrow();
  proxy.restore();
  await expect(database.tokens.update(id, { name: 'x' }, ada)).resolves.toMatchObject({ name: 'x' });
  await expect(database.ping()).resolves.toBeUndefined();
  await database.close();
  await proxy.close();
});

test('changes that lose their connection half-way keep none of it, in either sense', async () => {
  const proxy = await createTcpProxy(testDatabase.url);
  const database = await openDatabase({ url: proxy.url });
  const { id } = await database.tokens.create(newToken(), ada);
  // Two, because a transaction sees the activity as it was when it first looked.
  const [holder, observer] = [new Client({ connectionString: testDatabase.url }), new Client({ connectionString: testDatabase.url })];
  await Promise.all([holder.connect(), observer.connect()]);
  for (let n = 0; n < 6; n += 1) {
    await holder.query('begin');
    await holder.query('select from api_tokens where id = $1 for update', [id]);
    const waiting = expect(database.tokens.update(id, { name: 'never' }, ada)).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' });
    const waiters = `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await observer.query(waiters)).rows[0].count, { timeout: 10_000 }).toBe(1);
    proxy.cut();
    await waiting;
    await holder.query('rollback');
    proxy.restore();
  }
  await expect(database.tokens.get(id)).resolves.toMatchObject({ name: 'CI deploy' });
  await Promise.all([holder.end(), observer.end()]);
  await database.close();
  await proxy.close();
});
