import type { TokenEvent } from '@latchkey/core';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';

let testDatabase: TestDatabase;
let database: Database;
let pool: Pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url });
  pool = new Pool({ connectionString: testDatabase.url });
});
afterAll(async () => {
  await pool.end();
  await database.close();
  await testDatabase.drop();
});

const insert = `insert into events (id, type, occurred_at, data) values ($1, 'token.updated', now(), '{}')`;

it('calls back for every event from now on, also for one whose transaction ends late, once each', async () => {
  await pool.query(insert, ['evt_before']);
  const told: TokenEvent[] = [];
  const following = database.followEvents({ onEvent: (event) => void told.push(event), onError: () => undefined, pollMs: 10 });
  const { id } = await database.tokens.create(newToken(), ada);
  await expect.poll(() => told.map(({ type }) => type)).toEqual(['token.created']);
  expect(told[0]).toMatchObject({ id: expect.stringMatching(/^evt_/), data: { token: { id } } });

  const late = await pool.connect();
  await late.query('begin');
  await late.query(insert, ['evt_late']);
  await pool.query(insert, ['evt_early']);
  await late.query('commit');
  late.release();
  await expect.poll(() => told.map((event) => event.id).slice(1)).toEqual(['evt_late', 'evt_early']);
  await following.close();
  expect(told.map((event) => event.id)).not.toContain('evt_before');
});

it('goes on after a callback that fails, and says so', async () => {
  const errors: unknown[] = [];
  const told: string[] = [];
  const following = database.followEvents({
    onEvent: ({ id }) => {
      told.push(id);
      if (id === 'evt_bad') throw new Error('of the callback');
    },
    onError: (error) => void errors.push(error),
    pollMs: 10,
  });
  const { id } = await database.tokens.create(newToken(), ada);
  await expect.poll(() => told.length).toBe(1);
  await pool.query(insert, ['evt_bad']);
  await pool.query(insert, ['evt_good']);
  await expect.poll(() => told.slice(1)).toEqual(['evt_bad', 'evt_good']);
  expect(errors).toEqual([new Error('of the callback')]);
  await database.tokens.delete(id, ada);
  await following.close();
});
