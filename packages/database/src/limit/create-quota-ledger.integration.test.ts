import { grantedUnits, type QuotaRequest } from '@latchkey/core';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const ONE: QuotaRequest = { needed: 1, waiting: 1, welcome: 1 };

let testDatabase: TestDatabase;
let database: Database;
let client: Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => NOON });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});

async function create(row: { remaining: number | null; refillAmount?: number; refillIntervalMs?: number }): Promise<number> {
  const { id } = await database.tokens.create(newToken(), ada);
  const { remaining, refillAmount = null, refillIntervalMs = null } = row;
  await client.query('update api_tokens set remaining = $2, refill_amount = $3, refill_interval_ms = $4, created_at = $5 where id = $1', [
    id,
    remaining,
    refillAmount,
    refillIntervalMs,
    new Date(NOON),
  ]);
  return id;
}

async function read(id: number) {
  const { rows } = await client.query(
    'select remaining::int, last_refill_at, version::int, quota_epoch::int as epoch from api_tokens where id = $1',
    [id],
  );
  return rows[0];
}

describe('a lease', () => {
  test('is exact: of 100 parallel ones exactly one is granted where one unit is left', async () => {
    const id = await create({ remaining: 1 });
    const grants = await Promise.all(Array.from({ length: 100 }, () => database.quotaLedger.lease(id, ONE, NOON)));
    expect(grants.filter((grant) => grant?.units === 1)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ remaining: 0 });
  });

  test('follows the rule of core, whatever is asked for', async () => {
    const request = fc.record({ needed: fc.integer({ min: 1, max: 9 }), more: fc.nat(20), welcome: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.array(request, { minLength: 1, maxLength: 6 }), async (remaining, requests) => {
        const id = await create({ remaining });
        let left = remaining;
        for (const { needed, more, welcome } of requests) {
          const asked = { needed, waiting: needed + more, welcome };
          const units = grantedUnits(left, asked);
          left -= units;
          expect(await database.quotaLedger.lease(id, asked, NOON)).toMatchObject({ units, remaining: left });
        }
      }),
      { numRuns: 25 },
    );
  });

  test('does not raise the version: no cache is emptied by traffic, nor by a refill', async () => {
    const id = await create({ remaining: 5, refillAmount: 5, refillIntervalMs: 1_000 });
    const { version } = await read(id);
    await database.quotaLedger.lease(id, ONE, NOON);
    await database.quotaLedger.lease(id, ONE, NOON + 1_000);
    expect(await read(id)).toMatchObject({ version, remaining: 4 });
  });

  test('answers null for a token without a quota, and for none', async () => {
    expect(await database.quotaLedger.lease(await create({ remaining: null }), ONE, NOON)).toBeNull();
    expect(await database.quotaLedger.lease(2_000_000_000, ONE, NOON)).toBeNull();
  });
});

describe('a refill', () => {
  test('sets what is left once its interval is over, counted from the creation and then from the last refill', async () => {
    const id = await create({ remaining: 1, refillAmount: 10, refillIntervalMs: 60_000 });
    const lease = (now: number) => database.quotaLedger.lease(id, ONE, now);
    expect(await lease(NOON)).toMatchObject({
      units: 1,
      remaining: 0,
      refillAt: NOON + 60_000,
      refillAmount: 10,
      refillIntervalMs: 60_000,
    });
    expect(await lease(NOON + 59_999)).toMatchObject({ units: 0, refillAt: NOON + 60_000 });
    expect(await lease(NOON + 60_000)).toMatchObject({ units: 1, remaining: 9, refillAt: NOON + 120_000 });
    expect(await read(id)).toMatchObject({ last_refill_at: new Date(NOON + 60_000) });
  });

  test('does not pile up: after five missed intervals there is one amount, and what was left is not added', async () => {
    const id = await create({ remaining: 7, refillAmount: 10, refillIntervalMs: 60_000 });
    expect(await database.quotaLedger.lease(id, ONE, NOON + 300_000)).toMatchObject({ units: 1, remaining: 9 });
  });

  test('happens once when many processes ask at its instant', async () => {
    const id = await create({ remaining: 0, refillAmount: 30, refillIntervalMs: 60_000 });
    const grants = await Promise.all(Array.from({ length: 100 }, () => database.quotaLedger.lease(id, ONE, NOON + 60_000)));
    expect(grants.filter((grant) => grant?.units === 1)).toHaveLength(30);
  });
});

describe('units that come back', () => {
  test('are there for others', async () => {
    const id = await create({ remaining: 100 });
    const grant = await database.quotaLedger.lease(id, { needed: 1, waiting: 20, welcome: 1 }, NOON);
    await database.quotaLedger.giveBack(id, { units: 15, epoch: grant?.epoch ?? -1, refillAt: null });
    expect(await read(id)).toMatchObject({ remaining: 95 });
  });

  test('are void after the quota was set, or refilled', async () => {
    const id = await create({ remaining: 100, refillAmount: 50, refillIntervalMs: 60_000 });
    const grant = await database.quotaLedger.lease(id, { needed: 1, waiting: 20, welcome: 1 }, NOON);
    await database.quotaLedger.lease(id, ONE, NOON + 60_000);
    await database.quotaLedger.giveBack(id, { units: 20, epoch: grant?.epoch ?? -1, refillAt: grant?.refillAt ?? null });
    expect(await read(id)).toMatchObject({ remaining: 49 });
    const next = await database.quotaLedger.lease(id, ONE, NOON + 60_000);
    await client.query('update api_tokens set remaining = 3, quota_epoch = quota_epoch + 1 where id = $1', [id]);
    await database.quotaLedger.giveBack(id, { units: 1, epoch: next?.epoch ?? -1, refillAt: next?.refillAt ?? null });
    expect(await read(id)).toMatchObject({ remaining: 3 });
  });
});
