import { afterAll, beforeAll, expect, test } from 'vitest';
import { openUsageFixture, type UsageFixture } from './usage-fixture.ts';
import { usage } from './usage-record-fixture.ts';

let db: UsageFixture;
beforeAll(async () => {
  db = await openUsageFixture('2026-11-20T12:30:00Z', { gateway: 'eu-1' });
});
afterAll(() => db.close());

const since = Date.parse('2026-11-20T00:00:00Z');
const loss = (cause: 'dropped' | 'missing', at: string, count: number) => ({ kind: 'loss', cause, at: Date.parse(at), count }) as const;

test('every record of a batch is accounted for, by gateway and hour, in the transaction that stores it', async () => {
  const id = await db.addToken('accounted for');
  const gone = 999_999;
  await db.ingest(
    usage(id, '2026-11-20T10:05:00Z'),
    usage(id, '2026-11-20T10:59:59.999Z', { status: 429, outcome: 'RATE_LIMITED' }),
    usage(gone, '2026-11-20T10:10:00Z'),
    usage(id, '2026-11-20T11:00:00Z'),
    loss('missing', '2026-11-20T11:00:00Z', 3),
    loss('dropped', '2026-11-20T09:30:00Z', 40),
  );
  await db.ingest(usage(id, '2026-11-20T11:59:00Z'), loss('missing', '2026-11-20T11:59:00Z', 1));
  const { total, gateways, hours } = await db.reader.readGatewayAccounts(since, 10);
  expect(hours).toEqual([
    { gateway: 'eu-1', hour: '2026-11-20T11:00:00.000Z', stored: 2, unwanted: 0, missing: 4, dropped: 0 },
    { gateway: 'eu-1', hour: '2026-11-20T10:00:00.000Z', stored: 2, unwanted: 1, missing: 0, dropped: 0 },
    { gateway: 'eu-1', hour: '2026-11-20T09:00:00.000Z', stored: 0, unwanted: 0, missing: 0, dropped: 40 },
  ]);
  expect(total).toEqual({ stored: 4, unwanted: 1, missing: 4, dropped: 40 });
  expect(gateways).toEqual([{ gateway: 'eu-1', ...total }]);
});

test('however many rows there are, none is left out of the total, and no hour out of its gateway', async () => {
  await db.pool.query(`insert into usage_gateway_hour (gateway, hour, stored, unwanted, missing, dropped)
    select gateway, timestamptz '2026-09-01 00:00:00Z' + n * interval '1 hour', 10, 0, 1, 0
    from unnest(array['us-1', 'us-2', 'us-3']) gateway, generate_series(0, 9) n`);
  const before = await db.reader.readGatewayAccounts(since, 100);
  const { total, gateways, hours } = await db.reader.readGatewayAccounts(Date.parse('2026-09-01T00:00:00Z'), 2);
  expect(total).toEqual({ ...before.total, stored: before.total.stored + 300, missing: before.total.missing + 30 });
  expect(gateways).toEqual(['us-1', 'us-2'].map((gateway) => ({ gateway, stored: 100, unwanted: 0, missing: 10, dropped: 0 })));
  expect(hours).toEqual(before.hours.slice(0, 2));
});

test('nothing is accounted for where there was nothing', async () => {
  const nothing = { stored: 0, unwanted: 0, missing: 0, dropped: 0 };
  expect(await db.reader.readGatewayAccounts(Date.parse('2027-01-01T00:00:00Z'), 10)).toEqual({ total: nothing, gateways: [], hours: [] });
});

test('a batch that is not stored is not accounted for', async () => {
  const before = await db.reader.readGatewayAccounts(since, 10);
  const id = await db.addToken('twice');
  const wrong = { segment: 7, offset: 7 };
  await expect(db.store.ingest('spool-1', [usage(id, '2026-11-20T10:05:00Z')], wrong, wrong)).rejects.toThrow('another reader');
  expect(await db.reader.readGatewayAccounts(since, 10)).toEqual(before);
});

test('a loss that makes no sense is made sensible', async () => {
  await db.ingest({ kind: 'loss', cause: 'eaten' as 'missing', at: Number.NaN, count: -4 });
  expect((await db.reader.readGatewayAccounts(Date.parse('2026-11-20T12:00:00Z'), 10)).hours).toEqual([
    { gateway: 'eu-1', hour: '2026-11-20T12:00:00.000Z', stored: 0, unwanted: 0, missing: 0, dropped: 0 },
  ]);
});
