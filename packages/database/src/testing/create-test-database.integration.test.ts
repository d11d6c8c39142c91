import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './index.ts';

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
