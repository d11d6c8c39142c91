import { setTimeout } from 'node:timers/promises';
import { aUsageRecord } from '@latchkey/core/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import type { NewToken } from '../token/token-store.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 30);
const DAY = 86_400_000;
let testDatabase: TestDatabase;
let database: Database;
let client: Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => NOW, isRevocable: (keyType) => keyType !== 'publishable' });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  await client.query('truncate api_tokens cascade');
});

const owned = (ownerId: string, fields: Partial<NewToken> = {}) => newToken({ ownerType: 'user', ownerId, ...fields });
const create = (token: NewToken) => database.tokens.create(token, ada);
const user = (id: string) => ({ type: 'user', id });

describe('bounds', () => {
  test('hold exactly when many are made at once: 10 of 30 (S2-006)', async () => {
    const bounds = { perOwner: 10, perType: null };
    const made = await Promise.allSettled(Array.from({ length: 30 }, () => database.tokens.create(owned('7'), ada, bounds)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'LIMIT_REACHED' });
    expect((await database.owners.get(user('7'))).active).toBe(10);
    await expect(database.tokens.create(owned('8'), ada, bounds)).resolves.toMatchObject({ ownerId: '8' });
  });

  test('count neither revoked nor expired tokens, and disabled ones still', async () => {
    const bounds = { perOwner: 1, perType: null };
    const first = await database.tokens.create(owned('7'), ada, bounds);
    await database.tokens.update(first.id, { active: false }, ada);
    await expect(database.tokens.create(owned('7'), ada, bounds)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await database.tokens.revoke(first.id, ada);
    const second = await database.tokens.create(owned('7'), ada, bounds);
    await database.tokens.update(second.id, { expiresAt: NOW }, ada);
    await expect(database.tokens.create(owned('7'), ada, bounds)).resolves.toMatchObject({ status: 'active' });
  });

  test('of a type are counted per owner and environment (S2-196…198)', async () => {
    const bounds = { perOwner: null, perType: 1 };
    const key = (environment: string, ownerId = '7') => owned(ownerId, { keyType: 'publishable', environment });
    await database.tokens.create(key('live'), ada, bounds);
    await expect(database.tokens.create(key('live'), ada, bounds)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await expect(database.tokens.create(key('test'), ada, bounds)).resolves.toMatchObject({ environment: 'test' });
    await expect(database.tokens.create(key('live', '8'), ada, bounds)).resolves.toMatchObject({ ownerId: '8' });
    await expect(database.tokens.create(newToken({ keyType: 'publishable' }), ada, bounds)).resolves.toMatchObject({ ownerId: null });
    await expect(database.tokens.create(newToken({ keyType: 'publishable' }), ada, bounds)).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
    });
  });
});

describe('owners', () => {
  test('are listed with what their tokens add up to, sorted, searched and paged', async () => {
    const [a, b] = [await create(owned('ann')), await create(owned('ann', { expiresAt: NOW + DAY }))];
    const c = await create(newToken({ ownerType: 'organization', ownerId: 'acme' }));
    await create(newToken());
    await database.tokens.revoke(b.id, ada);
    const requests = [a, a, c].map(({ id }) => aUsageRecord({ tokenId: id, at: NOW - 60_000 }));
    const failed = aUsageRecord({ tokenId: a.id, at: NOW - 2 * DAY, status: 500 });
    await database.usageStore.ingest('owners', [...requests, failed], null, { segment: 1, offset: 1 });
    const all = { limit: 50, offset: 0, sort: 'tokens', order: 'desc' } as const;
    const { owners, total } = await database.owners.list(all);
    expect(total).toBe(2);
    expect(owners).toEqual([
      {
        ownerType: 'user',
        ownerId: 'ann',
        tokens: 2,
        active: 1,
        disabled: 0,
        expired: 0,
        revoked: 1,
        requests24h: 2,
        failed24h: 0,
        totalRequests: 3,
        lastUsedAt: '2026-11-22T12:29:00.000Z',
      },
      expect.objectContaining({ ownerType: 'organization', ownerId: 'acme', tokens: 1, requests24h: 1 }),
    ]);
    expect((await database.owners.list({ ...all, q: 'ACM' })).owners).toMatchObject([{ ownerId: 'acme' }]);
    expect((await database.owners.list({ ...all, q: '%' })).owners).toEqual([]);
    expect((await database.owners.list({ ...all, type: 'user' })).owners).toMatchObject([{ ownerId: 'ann' }]);
    expect((await database.owners.list({ ...all, limit: 1, offset: 1 })).owners).toMatchObject([{ ownerId: 'acme' }]);
    expect(await database.owners.list({ ...all, offset: 9 })).toEqual({ owners: [], total: 2 });
    for (const sort of ['owner', 'active', 'requests_24h', 'total_requests', 'last_used_at'] as const) {
      expect((await database.owners.list({ ...all, sort, order: 'asc' })).owners).toHaveLength(2);
    }
  });

  test('without tokens are all zero, and have all their room', async () => {
    expect(await database.owners.get(user('nobody'))).toMatchObject({ tokens: 0, lastUsedAt: null });
    expect(await database.owners.countActive(user('nobody'))).toEqual([]);
  });

  test('have lists of tokens of their own', async () => {
    const mine = await create(owned('ann', { keyType: 'secret' }));
    await create(owned('bob'));
    const query = { limit: 50, offset: 0, sort: 'id', order: 'asc' } as const;
    const { tokens, total, counts } = await database.tokens.list({ ...query, owner: user('ann') });
    expect(tokens.map(({ id }) => id)).toEqual([mine.id]);
    expect([total, counts.all]).toEqual([1, 1]);
    expect((await database.tokens.list({ ...query, keyType: 'secret' })).total).toBe(1);
    expect((await database.tokens.list({ ...query, environment: 'test' })).total).toBe(0);
  });
});

describe('a type that is not revocable', () => {
  test('refuses revoke and delete and changes nothing (S2-182, 183)', async () => {
    const { id } = await create(owned('ann', { keyType: 'publishable', viewableText: 'pk_live_text' }));
    await expect(database.tokens.revoke(id, ada)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('publishable'),
    });
    await expect(database.tokens.delete(id, ada)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await database.tokens.get(id)).toMatchObject({ status: 'active', viewable: true });
    expect(await database.tokens.readViewableText(id)).toBe('pk_live_text');
  });

  test('ends with its owner: revoked with its history, or deleted (C-03)', async () => {
    const made = [await create(owned('ann', { keyType: 'publishable' })), await create(owned('ann'))].map(({ id }) => id);
    const other = await create(owned('bob'));
    expect(await database.owners.end(user('ann'), { keepHistory: true }, ada)).toEqual({ ids: made });
    expect(await database.owners.get(user('ann'))).toMatchObject({ tokens: 2, revoked: 2 });
    expect(await database.owners.end(user('ann'), { keepHistory: true }, ada)).toEqual({ ids: [] });
    expect(await database.owners.end(user('ann'), { keepHistory: false }, ada)).toEqual({ ids: made });
    expect(await database.owners.get(user('ann'))).toMatchObject({ tokens: 0 });
    expect(await database.tokens.get(other.id)).toMatchObject({ status: 'active' });
    const { entries } = await database.audit.list({ limit: 10, offset: 0, targetType: 'owner' });
    expect(entries[0]).toMatchObject({ action: 'owner.end', targetName: 'user:ann', after: { tokens: 2, keepHistory: false } });
  });
});

describe('the end of an owner whose tokens are deleted', () => {
  const lockLog = (id: number) => client.query('select pg_advisory_lock(727006, $1)', [id]);
  const releaseLog = (id: number) => client.query('select pg_advisory_unlock(727006, $1)', [id]);
  const countWaiting = async () => {
    const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from pg_locks
      where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`);
    return rows[0]?.count;
  };

  test('and the deletion of one of them at the same time do not wait for each other in a circle', async () => {
    const [first, second] = [await create(owned('ann')), await create(owned('ann'))];
    await lockLog(second.id);
    const deleting = database.tokens.delete(second.id, ada);
    await expect.poll(countWaiting).toBe(1);
    const ending = database.owners.end(user('ann'), { keepHistory: false }, ada);
    await expect.poll(countWaiting).toBe(2);
    await releaseLog(second.id);
    await deleting;
    expect(await ending).toEqual({ ids: [first.id] });
    expect(await database.owners.get(user('ann'))).toMatchObject({ tokens: 0 });
  });

  test('keeps nobody else’s usage waiting while their logs are removed', async () => {
    const [, second] = [await create(owned('ann')), await create(owned('ann'))];
    const other = await create(owned('bob'));
    await lockLog(second.id);
    const ending = database.owners.end(user('ann'), { keepHistory: false }, ada);
    await expect.poll(countWaiting).toBe(1);
    try {
      const records = [aUsageRecord({ tokenId: other.id, at: NOW })];
      const stored = database.usageStore.ingest('meanwhile', records, null, { segment: 1, offset: 1 });
      expect(await Promise.race([stored.then(() => 'stored'), setTimeout(2_000, 'still waiting')])).toBe('stored');
    } finally {
      await releaseLog(second.id);
      await ending;
    }
    expect(await database.tokens.get(other.id)).toMatchObject({ totalRequests: 1 });
  });
});

describe('the clean-up of expired tokens', () => {
  test('deletes what expired before the instant, oldest first, and nothing else', async () => {
    const at = (expiresAt: number | null, keyType: string | null = null) => create(owned('ann', { expiresAt, keyType }));
    const exactly = await at(NOW - DAY);
    const [older, oldest] = [await at(NOW - 2 * DAY), await at(NOW - 3 * DAY)];
    const kept = [exactly, await at(NOW - 4 * DAY, 'publishable'), await at(null), await at(NOW + DAY)];
    const query = { before: NOW - DAY, limit: 1, dryRun: true };
    expect(await database.tokens.deleteExpired(query, ada)).toEqual({ ids: [oldest.id], more: true });
    // Neither what expires at the very instant nor what its type keeps is announced.
    expect(await database.tokens.deleteExpired({ ...query, limit: 10 }, ada)).toEqual({ ids: [oldest.id, older.id], more: false });
    expect((await database.owners.get(user('ann'))).tokens).toBe(6);
    expect(await database.tokens.deleteExpired({ ...query, dryRun: false }, ada)).toEqual({ ids: [oldest.id], more: true });
    expect(await database.tokens.deleteExpired({ ...query, dryRun: false, limit: 10 }, ada)).toEqual({ ids: [older.id], more: false });
    for (const { id } of kept) await expect(database.tokens.get(id)).resolves.toMatchObject({ id });
    const { entries } = await database.audit.list({ limit: 2, offset: 0, action: 'token.delete' });
    expect(entries.map(({ targetId }) => targetId)).toEqual([String(older.id), String(oldest.id)]);
  });
});
