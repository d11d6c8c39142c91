import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 30);
const ENDED = { purgeable: true, createdAt: NOW - 2_000, expiresAt: NOW - 1 };

let testDatabase: TestDatabase;
let database: Database;
let client: Client;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => NOW });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => client.query('truncate api_tokens cascade'));

const create = async (fields: Parameters<typeof newToken>[0]): Promise<number> => (await database.tokens.create(newToken(fields), ada)).id;
const purge = (changes: object = {}) =>
  database.tokens.deleteExpired({ before: NOW, limit: 10, dryRun: false, purgeableIn: ['default'], ...changes }, ada);

test('tokens that may go by themselves are those that were made so, in the configurations that are named', async () => {
  const ended = await create(ENDED);
  const others = [
    await create({ ...ENDED, purgeable: false }),
    await create({ ...ENDED, configId: 'partner' }),
    await create({ ...ENDED, expiresAt: NOW }),
    await create({ ...ENDED, expiresAt: null }),
  ];
  expect(await purge()).toEqual({ ids: [ended], more: false });
  for (const id of others) await expect(database.tokens.get(id)).resolves.toMatchObject({ id });
  expect(await purge({ purgeableIn: [] })).toEqual({ ids: [], more: false });
});

test('a token that is given a longer life at that moment stays, with its usage', async () => {
  const id = await create(ENDED);
  await client.query('begin');
  await client.query('update api_tokens set expires_at = $2 where id = $1', [id, new Date(NOW + 60_000)]);
  const purged = purge();
  // The deletion waits for the change before it can look at the row again.
  await expect
    .poll(async () => (await client.query(`select count(*)::int as count from pg_locks where not granted`)).rows[0].count)
    .toBeGreaterThan(0);
  await client.query('commit');
  expect(await purged).toEqual({ ids: [], more: false });
  expect(await database.tokens.get(id)).toMatchObject({ status: 'active' });
});

test('two processes at once delete each token once', async () => {
  const ids = [await create(ENDED), await create(ENDED), await create(ENDED)];
  const [first, second] = await Promise.all([purge(), purge()]);
  expect([...first.ids, ...second.ids].toSorted((a, b) => a - b)).toEqual(ids);
});
