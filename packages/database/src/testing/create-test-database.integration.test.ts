import { createTokenText } from '@latchkey/core';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createEmptyDatabase, createTestDatabase } from './index.ts';
import { searchDatabase } from './search-database.ts';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('each database stands alone, also when many are made at once, and drop removes it', async () => {
  const databases = await Promise.all([1, 2, 3, 4].map(() => createTestDatabase()));
  const [first, second] = databases;
  if (!first || !second) throw new Error('no databases');
  await query(first.url, 'create table only_here (id int)');
  await expect(query(second.url, 'select * from only_here')).rejects.toThrow('does not exist');
  await Promise.all(databases.map((database) => database.drop()));
  await expect(query(first.url, 'select 1')).rejects.toThrow('does not exist');
});

test('drop fails where the text of a token is in a row, names the table and not the text, and the database is gone all the same', async () => {
  const database = await createEmptyDatabase();
  const text = createTokenText('lk_live_');
  // Not logged: what is in the WAL makes the whole run fail.
  await query(database.url, 'create unlogged table planted (id int, details jsonb)');
  const long = 'words that are compressed in the file '.repeat(1000);
  await query(database.url, `insert into planted values (1, '{}'), (2, '${JSON.stringify({ long, seen: [text, text] })}')`);
  const failure = await database.drop().catch((error: Error) => error.message);
  expect(failure).toMatch(/^Texts of valid tokens are in the rows of test_\w+: public\.planted \(2\)$/);
  await expect(query(database.url, 'select 1')).rejects.toThrow('does not exist');
});

test('tokens are counted that have a text, those that a fixture has made up are not, and the text of a public key type may be kept', async () => {
  const database = await createTestDatabase();
  const text = createTokenText('pk_live_');
  for (const [digest, last4] of [
    ['1', 'aB3d'],
    ['2', 'wxyz'],
    ['3', '0042'],
    ['4', '3xY0'],
  ]) {
    await query(
      database.url,
      `with made as (
         insert into api_tokens (name, prefix, start, last4, key_type, viewable_text) values ('t', 'pk_live_', 'pk_liv', '${last4}', 'publishable', '${text}') returning id
       ) insert into api_token_secrets (token_id, digest, digest_algorithm, prefix, start, last4)
         select id, decode(repeat('0${digest}', 32), 'hex'), 'hmac-sha256', 'pk_live_', 'pk_liv', '${last4}' from made`,
    );
  }
  expect(await searchDatabase(database.url)).toEqual({ tokens: 2, bytes: expect.any(Number), leaks: new Map() });
  await database.drop();
});
