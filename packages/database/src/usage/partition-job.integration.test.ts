import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPartitionJob } from './partition-job.ts';
import { openUsageFixture, type UsageFixture } from './usage-fixture.ts';
import { usage } from './usage-record-fixture.ts';

let db: UsageFixture;
beforeEach(async () => {
  db = await openUsageFixture('2026-11-20T23:59:00Z');
});
afterEach(() => db.close());

function job() {
  return createPartitionJob({ pool: db.pool, now: db.now, retentionDays: 3, aheadDays: 2 });
}

async function placeOf(tokenId: number): Promise<unknown[]> {
  return (await db.rows('select tableoid::regclass::text as place from api_token_usage where token_id = $1 order by at', [tokenId])).map(
    ({ place }) => place,
  );
}

describe('partitions', () => {
  test('are there before their day begins, and dropped after retention', async () => {
    expect(await job().run()).toEqual({
      created: ['api_token_usage_p20261120', 'api_token_usage_p20261121', 'api_token_usage_p20261122'],
      dropped: [],
      moved: 0,
    });
    expect(await job().run()).toEqual({ created: [], dropped: [], moved: 0 });
    const id = await db.addToken('days');
    await db.ingest(usage(id, '2026-11-20T23:59:59.999Z'), usage(id, '2026-11-21T00:00:00Z'));
    expect(await placeOf(id)).toEqual(['api_token_usage_p20261120', 'api_token_usage_p20261121']);
    db.clock.now = Date.parse('2026-11-24T00:00:00Z');
    const later = await job().run();
    expect(later.dropped).toEqual(['api_token_usage_p20261120']);
    expect(later.created.at(-1)).toBe('api_token_usage_p20261126');
    expect(await placeOf(id)).toEqual(['api_token_usage_p20261121']);
    expect(await db.rows('select requests::int from usage_token_total')).toEqual([{ requests: 2 }]);
  });

  test('take over rows that came before them; rows beyond any partition wait, rows past retention go', async () => {
    const id = await db.addToken('early');
    await db.ingest(
      usage(id, '2026-11-16T10:00:00Z'),
      usage(id, '2026-11-18T10:00:00Z'),
      usage(id, '2026-11-20T10:00:00Z'),
      usage(id, '2026-11-20T11:00:00Z'),
      usage(id, '2031-01-01T00:00:00Z'),
    );
    expect(new Set(await placeOf(id))).toEqual(new Set(['api_token_usage_default']));
    const result = await job().run();
    expect(result.moved).toBe(3);
    expect(result.created).toEqual([
      'api_token_usage_p20261118',
      'api_token_usage_p20261120',
      'api_token_usage_p20261121',
      'api_token_usage_p20261122',
    ]);
    expect(await placeOf(id)).toEqual([
      'api_token_usage_p20261118',
      'api_token_usage_p20261120',
      'api_token_usage_p20261120',
      'api_token_usage_default',
    ]);
    const { requests } = await db.reader.readRequests({ tokenId: id, from: 0, to: Date.parse('2040-01-01'), limit: 10 });
    expect(requests).toHaveLength(4);
  });

  test('are made once when several processes run at the same time, while others ingest', async () => {
    const id = await db.addToken('busy');
    const records = [usage(id, '2026-11-20T10:00:00Z'), usage(id, '2026-11-21T10:00:00Z')];
    const ingest = async (gateway: number) => {
      for (let n = 0; n < 10; n += 1) {
        await db.store.ingest(`g${gateway}`, records, n === 0 ? null : { segment: 0, offset: n }, { segment: 0, offset: n + 1 });
      }
    };
    const [one, two, three] = await Promise.all([job().run(), job().run(), job().run(), ingest(1), ingest(2)]);
    const created = [...one.created, ...two.created, ...three.created].sort();
    expect(created).toEqual(['api_token_usage_p20261120', 'api_token_usage_p20261121', 'api_token_usage_p20261122']);
    expect(await db.rows('select count(*)::int as n from api_token_usage')).toEqual([{ n: 40 }]);
    expect(await db.rows('select count(*)::int as n from api_token_usage_default')).toEqual([{ n: 0 }]);
  });

  test('are chosen by the query, so that a page of recent requests does not open the whole log', async () => {
    await job().run();
    const plan = await db.rows(
      `explain select from api_token_usage where token_id = 1 and at >= '2026-11-21' and at < '2026-11-22' order by at desc, id desc limit 50`,
    );
    const text = JSON.stringify(plan);
    expect(text).toContain('api_token_usage_p20261121');
    expect(text).not.toContain('api_token_usage_p20261120');
  });
});

describe('rollups', () => {
  test('past their retention are trimmed, lifetime totals stay', async () => {
    const id = await db.addToken('long ago');
    await db.ingest(usage(id, '2025-10-01T10:00:00Z'), usage(id, '2026-11-20T10:00:00Z'));
    await job().run();
    for (const table of [
      'usage_token_hour',
      'usage_token_day',
      'usage_token_day_endpoint',
      'usage_hour',
      'usage_hour_endpoint',
      'usage_day_endpoint',
    ]) {
      expect(await db.rows(`select requests::int from ${table}`), table).toEqual([{ requests: 1 }]);
    }
    expect(await db.rows('select requests::int from usage_token_total')).toEqual([{ requests: 2 }]);
  });
});

describe('the clockwork', () => {
  test('runs at once, and stop waits for it', async () => {
    const clockwork = job();
    void clockwork.start();
    void clockwork.start();
    await clockwork.stop();
    expect(await db.rows(`select from pg_class where relname = 'api_token_usage_p20261122'`)).toHaveLength(1);
  });

  test('tells of a failure and lives on', async () => {
    const errors: unknown[] = [];
    await db.pool.query('create table api_token_usage_p20261121 ()');
    const clockwork = createPartitionJob({ pool: db.pool, now: db.now, onError: (error) => errors.push(error) });
    await clockwork.start();
    expect(errors).toMatchObject([{ code: '42P07' }]);
    await clockwork.stop();
    await db.pool.query('drop table api_token_usage_p20261121');
    expect((await clockwork.run()).created).toContain('api_token_usage_p20261121');
  });
});
