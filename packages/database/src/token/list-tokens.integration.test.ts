import { createHash, randomBytes } from 'node:crypto';
import { tokenStatus, type UsageRecord } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import type { NewToken, TokenPage, TokenQuery } from './token-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22, 12, 30);

let testDatabase: TestDatabase;
let database: Database;
const ids: Record<string, number> = {};
const digests: Record<string, Buffer> = {};

/** Every row below is looked at from `NOW`; nothing changes it after this. */
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => NOW });
  await create('alpha', { description: 'Partner feed', rateLimit: 10, createdAt: NOW - 4 * DAY });
  await create('Bravo 100%', { rateLimit: 30, expiresAt: NOW + 3 * DAY, createdAt: NOW - 3 * DAY });
  await create('charlie_x', { prefix: 'lk_test_', environment: 'test', expiresAt: NOW - 1, createdAt: NOW - 2 * DAY });
  await create('delta', { last4: 'ZZZZ', createdAt: NOW - DAY });
  await create('echo', { rateLimit: 20, createdAt: NOW - HOUR });
  await database.tokens.update(idOf('delta'), { active: false }, ada);
  await database.tokens.revoke(idOf('echo'), ada);
  const usage = [
    ...calls('alpha', NOW - 60_000, 3),
    ...calls('alpha', NOW - 2 * HOUR, 2),
    ...calls('alpha', NOW - 6 * DAY, 7),
    ...calls('Bravo 100%', NOW - 30 * 60_000, 18),
    ...calls('Bravo 100%', NOW - 30 * 60_000, 2, 429),
    ...calls('delta', NOW - 23 * HOUR, 4, 500),
    ...calls('delta', NOW - 24 * HOUR, 50),
    ...calls('echo', NOW - 8 * DAY, 90),
  ];
  await database.usageStore.ingest('list', usage, null, { segment: 1, offset: 1 });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function create(name: string, fields: Partial<NewToken>): Promise<void> {
  const digest = createHash('sha256').update(name).digest();
  digests[name] = digest;
  ids[name] = (await database.tokens.create(newToken({ name, digest, ...fields }), ada)).id;
}

function idOf(name: string): number {
  const id = ids[name];
  if (id === undefined) throw new Error(`no token ${name}`);
  return id;
}

function calls(name: string, at: number, count: number, status = 200): UsageRecord[] {
  const same = { kind: 'request', method: 'GET', endpoint: '/products', path: '/products', requestBytes: 0, responseBytes: 0 } as const;
  const rest = {
    ip: null,
    userAgent: null,
    outcome: status === 429 ? 'RATE_LIMITED' : 'VALID',
    requestId: 'r',
    secretId: null,
    cost: 1,
    trial: null,
    durationUs: 1_000,
  } as const;
  return Array.from({ length: count }, () => ({ ...same, ...rest, tokenId: idOf(name), at, status }));
}

function list(query: Partial<TokenQuery> = {}): Promise<TokenPage> {
  return database.tokens.list({ limit: 50, offset: 0, sort: 'id', order: 'asc', ...query });
}

async function names(query: Partial<TokenQuery>): Promise<(string | null)[]> {
  return (await list(query)).tokens.map(({ name }) => name);
}

describe('numbers', () => {
  test('come from the rollups: the last 24 and 168 hours, the running one included, and everything ever', async () => {
    const { tokens } = await list();
    const numbers = tokens.map(({ name, requests24h, failed24h, requests7d, totalRequests }) => [
      name,
      requests24h,
      failed24h,
      requests7d,
      totalRequests,
    ]);
    expect(numbers).toEqual([
      ['alpha', 5, 0, 12, 12],
      ['Bravo 100%', 20, 2, 20, 20],
      ['charlie_x', 0, 0, 0, 0],
      ['delta', 4, 4, 54, 54],
      ['echo', 0, 0, 0, 90],
    ]);
  });

  test('include 24 hourly counts that add up to the last 24 hours', async () => {
    const { tokens } = await list();
    for (const { sparkline, requests24h } of tokens) {
      expect(sparkline).toHaveLength(24);
      expect(sparkline.reduce((sum, count) => sum + count, 0)).toBe(requests24h);
    }
    const hours = Array.from({ length: 24 }, () => 0);
    expect(tokens[0]?.sparkline).toEqual(hours.with(23, 3).with(21, 2));
    expect(tokens[3]?.sparkline).toEqual(hours.with(0, 4));
  });

  test('of the week are right at every hour of the day', async () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const now = Date.UTC(2026, 10, 22, hour, 59);
      const later = await openDatabase({ url: testDatabase.url, now: () => now });
      const token = await later.tokens.get(idOf('alpha'));
      await later.close();
      const from = Math.floor(now / HOUR) * HOUR - 167 * HOUR;
      const counted = [NOW - 60_000, NOW - 2 * HOUR, NOW - 6 * DAY].map((at, index) => (at >= from ? ([3, 2, 7][index] ?? 0) : 0));
      expect(token.requests7d, `at ${hour}:59`).toBe(counted.reduce((sum, count) => sum + count, 0));
    }
  });
});

describe('status and health', () => {
  test('of each token', async () => {
    const { tokens, counts, total } = await list();
    expect(tokens.map(({ status, health }) => [status, health])).toEqual([
      ['active', 'healthy'],
      ['active', 'rate_limited'],
      ['expired', 'expired'],
      ['disabled', 'disabled'],
      ['revoked', 'revoked'],
    ]);
    expect([total, counts]).toEqual([5, { all: 5, active: 2, disabled: 1, expired: 1, revoked: 1 }]);
  });

  test('of a token are by the rule of core, whatever several states come together', async () => {
    const other = await createTestDatabase();
    const tokens = await openDatabase({ url: other.url, now: () => NOW });
    const expiries = [null, NOW + 1, NOW, NOW - 1];
    const states = [null, NOW].flatMap((revokedAt) =>
      expiries.flatMap((expiresAt) => [true, false].map((active) => ({ revokedAt, expiresAt, active }))),
    );
    for (const { revokedAt, expiresAt, active } of states) {
      const { id } = await tokens.tokens.create(newToken({ expiresAt, digest: randomBytes(32) }), ada);
      await tokens.tokens.update(id, { active }, ada);
      if (revokedAt !== null) await tokens.tokens.revoke(id, ada);
      const status = tokenStatus({ revokedAt, expiresAt, active }, NOW);
      expect(await tokens.tokens.get(id), JSON.stringify({ revokedAt, expiresAt, active })).toMatchObject({ status });
    }
    await tokens.close();
    await other.drop();
  });

  test('filter by one or several, with the counts of all', async () => {
    const page = await list({ status: ['revoked', 'active'], limit: 1 });
    expect(page.tokens.map(({ name }) => name)).toEqual(['alpha']);
    expect([page.total, page.counts]).toEqual([3, { all: 5, active: 2, disabled: 1, expired: 1, revoked: 1 }]);
    expect((await list({ status: [] })).total).toBe(5);
  });
});

describe('search', () => {
  test.each<[string, string[]]>([
    ['ALPHA', ['alpha']],
    ['  partner ', ['alpha']],
    ['lk_test', ['charlie_x']],
    ['zzzz', ['delta']],
    ['100%', ['Bravo 100%']],
    ['%', ['Bravo 100%']],
    ['e_x', ['charlie_x']],
    ['\\', []],
    [`'`, []],
    ['\0', ['alpha', 'Bravo 100%', 'charlie_x', 'delta', 'echo']],
    ['no such thing', []],
  ])('for %j finds %j', async (q, found) => {
    expect(await names({ q })).toEqual(found);
  });

  test('for an id finds that token', async () => {
    expect(await names({ q: `${idOf('delta')}` })).toContain('delta');
  });

  test('counts only what it found', async () => {
    const { total, counts } = await list({ q: 'a', status: ['disabled'] });
    expect([total, counts.all, counts.disabled]).toEqual([1, 4, 1]);
  });

  test('by digest finds the one token stored under it, made by the same algorithm and secret', async () => {
    const stored = { digest: digests.delta ?? Buffer.alloc(0), algorithm: 'hmac-sha256', secretVersion: 1 } as const;
    const other = { digest: Buffer.alloc(32), algorithm: 'sha256', secretVersion: 0 } as const;
    expect(await names({ digests: [other, stored] })).toEqual(['delta']);
    expect(await names({ digests: [{ ...stored, secretVersion: 2 }] })).toEqual([]);
    expect(await names({ digests: [{ ...stored, algorithm: 'sha256' }] })).toEqual([]);
    expect(await names({ digests: [] })).toEqual([]);
  });
});

describe('sorted', () => {
  test.each<[TokenQuery['sort'], TokenQuery['order'], string]>([
    ['id', 'desc', 'echo delta charlie_x Bravo alpha'],
    ['name', 'asc', 'alpha Bravo charlie_x delta echo'],
    ['status', 'asc', 'alpha Bravo delta charlie_x echo'],
    ['rate_limit', 'asc', 'alpha echo Bravo charlie_x delta'],
    ['expires_at', 'asc', 'charlie_x Bravo alpha delta echo'],
    ['expires_at', 'desc', 'Bravo charlie_x echo delta alpha'],
    ['last_used_at', 'desc', 'alpha Bravo delta echo charlie_x'],
    ['created_at', 'desc', 'echo delta charlie_x Bravo alpha'],
    ['requests_24h', 'desc', 'Bravo alpha delta echo charlie_x'],
    ['requests_7d', 'desc', 'delta Bravo alpha echo charlie_x'],
    ['total_requests', 'desc', 'echo delta Bravo alpha charlie_x'],
  ])('by %s %s', async (sort, order, expected) => {
    expect((await names({ sort, order })).map((name) => name?.split(' ')[0]).join(' ')).toBe(expected);
  });

  test('in pages that follow one another', async () => {
    const pages = await Promise.all([0, 2, 4, 6].map((offset) => names({ sort: 'requests_7d', order: 'asc', limit: 2, offset })));
    expect(pages).toEqual([['charlie_x', 'echo'], ['alpha', 'Bravo 100%'], ['delta'], []]);
  });
});
