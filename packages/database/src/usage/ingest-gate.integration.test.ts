import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import { enterIngest } from './ingest-gate.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url });
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
});

/** Holds the row of a token as a batch does, again and again, until it is told to stop. */
async function holdAgainAndAgain(id: number, stop: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: testDatabase.url });
  await client.connect();
  const query = async <Row>(text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows as Row[];
  while (!stop.aborted) {
    await client.query('begin');
    await enterIngest({ query });
    await client.query('select id from api_tokens where id = $1 for key share', [id]);
    await client.query('select pg_sleep(0.05)');
    await client.query('commit');
  }
  await client.end();
}

test('a token whose row several writers hold without a gap between them is deleted all the same', async () => {
  const { id } = await database.tokens.create(newToken(), ada);
  const stop = new AbortController();
  const writers = [1, 2, 3, 4].map(() => holdAgainAndAgain(id, stop.signal));
  try {
    await database.tokens.delete(id, ada);
  } finally {
    stop.abort();
    await Promise.all(writers);
  }
  await expect(database.tokens.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
