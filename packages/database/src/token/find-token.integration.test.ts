import { randomBytes } from 'node:crypto';
import type { TokenDigest } from '@latchkey/core';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPool } from '../create-pool.ts';
import { silentLogger } from '../database-logger.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import { findTokens } from './find-token.ts';

const compared = vi.hoisted(() => ({ times: 0 }));
vi.mock('node:crypto', async (load) => {
  const crypto = await load<typeof import('node:crypto')>();
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    compared.times++;
    return crypto.timingSafeEqual(a, b);
  };
  return { ...crypto, timingSafeEqual };
});

const findToken = async (candidates: readonly TokenDigest[]) => (await findTokens(pool, [candidates]))[0];

let testDatabase: TestDatabase;
let database: Database;
let pool: Pool;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url });
  pool = createPool({
    url: testDatabase.url,
    name: 'test',
    max: 1,
    logger: silentLogger,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
  });
});
afterAll(async () => {
  await pool.end();
  await database.close();
  await testDatabase.drop();
});

test('a token is found by its digest, compared in a time that says nothing about it, and by no other (S0-14, S0-44)', async () => {
  const digest = randomBytes(32);
  const { id } = await database.tokens.create(newToken({ digest }), ada);
  const candidate = { algorithm: 'hmac-sha256', secretVersion: 1, digest } as const;
  expect(await findToken([candidate])).toMatchObject({ id });
  expect(compared.times).toBe(1);
  expect(await findToken([{ ...candidate, digest: randomBytes(32) }])).toBeNull();
  expect(await findToken([{ ...candidate, secretVersion: 2 }])).toBeNull();
  expect(await findToken([{ ...candidate, algorithm: 'sha256', secretVersion: 0 }])).toBeNull();
  expect(await findToken([])).toBeNull();
});

test('many that are looked up together are told apart', async () => {
  const tokens = await Promise.all(
    [1, 2, 3].map(async () => {
      const digest = randomBytes(32);
      return { digest, id: (await database.tokens.create(newToken({ digest }), ada)).id };
    }),
  );
  const inquiries = tokens.flatMap(({ digest }) => [
    [{ algorithm: 'hmac-sha256', secretVersion: 1, digest: randomBytes(32) } as const],
    [{ algorithm: 'hmac-sha256', secretVersion: 2, digest } as const, { algorithm: 'hmac-sha256', secretVersion: 1, digest } as const],
  ]);
  const found = await findTokens(pool, inquiries);
  expect(found.map((record) => record?.id ?? null)).toEqual(tokens.flatMap(({ id }) => [null, id]));
});
