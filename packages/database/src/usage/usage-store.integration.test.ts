import { latencyBucketOf } from '@latchkey/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executorOf } from '../sql-executor.ts';
import { deleteTokenUsage } from './delete-token-usage.ts';
import { parseLatency } from './latency-number.ts';
import { openUsageFixture, type UsageFixture } from './usage-fixture.ts';
import { usage } from './usage-record-fixture.ts';
import { createUsageStore, SpoolPositionConflict } from './usage-store.ts';

let db: UsageFixture;
beforeAll(async () => {
  db = await openUsageFixture('2026-11-20T12:30:00Z');
});
afterAll(() => db.close());

async function sumOf(sql: string, tokenId: number): Promise<number> {
  return Number((await db.rows(sql, [tokenId]))[0]?.n ?? 0);
}

describe('a batch', () => {
  test('becomes log rows, rollups, totals, last use and the new position', async () => {
    const id = await db.addToken('all at once');
    await db.ingest(
      usage(id, '2026-11-20T10:05:00Z'),
      usage(id, '2026-11-20T10:06:00.123Z', { status: 404, durationUs: 3_000 }),
      usage(id, '2026-11-20T11:00:00Z', { status: 429, outcome: 'RATE_LIMITED', endpoint: '/stores', method: 'POST' }),
      usage(id, '2026-11-20T11:00:01Z', { status: 502, outcome: 'UPSTREAM_ERROR' }),
    );
    expect(
      await db.rows(
        'select at, method, endpoint, status_code, duration_us::int, host(ip) as ip, outcome from api_token_usage where token_id = $1 order by at',
        [id],
      ),
    ).toMatchObject([
      { at: new Date('2026-11-20T10:05:00Z'), method: 'GET', endpoint: '/products', status_code: 200, ip: '203.0.113.7', outcome: 'VALID' },
      { at: new Date('2026-11-20T10:06:00.123Z'), status_code: 404, duration_us: 3000 },
      { status_code: 429, method: 'POST', outcome: 'RATE_LIMITED' },
      { status_code: 502 },
    ]);
    expect(
      await db.rows(
        'select hour, requests, ok, client_errors, rate_limited, server_errors, denied_rate, upstream_failed, sum_us::int from usage_token_hour where token_id = $1 order by hour',
        [id],
      ),
    ).toEqual([
      {
        hour: new Date('2026-11-20T10:00:00Z'),
        requests: 2,
        ok: 1,
        client_errors: 1,
        rate_limited: 0,
        server_errors: 0,
        denied_rate: 0,
        upstream_failed: 0,
        sum_us: 15_000,
      },
      {
        hour: new Date('2026-11-20T11:00:00Z'),
        requests: 2,
        ok: 0,
        client_errors: 0,
        rate_limited: 1,
        server_errors: 1,
        denied_rate: 1,
        upstream_failed: 1,
        sum_us: 24_000,
      },
    ]);
    expect(
      await db.rows('select requests::int, failed::int, first_used_at, last_used_at from usage_token_total where token_id = $1', [id]),
    ).toEqual([
      { requests: 4, failed: 3, first_used_at: new Date('2026-11-20T10:05:00Z'), last_used_at: new Date('2026-11-20T11:00:01Z') },
    ]);
    expect(await db.rows('select last_used_at from api_tokens where id = $1', [id])).toEqual([
      { last_used_at: new Date('2026-11-20T11:00:01Z') },
    ]);
    expect(await db.store.readPosition('spool-1')).toEqual({ segment: 0, offset: 1 });
  });

  test('adds to what earlier batches summed, histogram included', async () => {
    const id = await db.addToken('in two batches');
    for (const durationUs of [12_000, 12_000, 90]) await db.ingest(usage(id, '2026-11-20T10:05:00Z', { durationUs }));
    const [row] = await db.rows(`select requests, latency::text from usage_token_day_endpoint where token_id = $1`, [id]);
    const histogram = Array<number>(latencyBucketOf(12_000) + 1).fill(0);
    expect(row).toMatchObject({ requests: 3 });
    expect(parseLatency(String(row?.latency))).toEqual(histogram.with(0, 1).with(-1, 2));
  });

  test('of tokens that no longer exist is dropped and counted, the rest stored', async () => {
    const id = await db.addToken('still there');
    const before = { ...db.store.counts };
    await db.ingest(usage(id, '2026-11-20T10:05:00Z'), usage(999_999, '2026-11-20T10:05:00Z'), usage(-1, '2026-11-20T10:05:00Z'));
    expect(db.store.counts).toEqual({ stored: before.stored + 1, dropped: before.dropped + 2 });
    expect(await db.rows('select from api_token_usage where token_id = 999999')).toEqual([]);
  });

  test('that was prepared is stored as it would be otherwise, also when a token was deleted in between', async () => {
    const [stays, goes] = [await db.addToken('stays'), await db.addToken('goes')];
    const records = [...Array.from({ length: 2_500 }, () => usage(stays, '2026-11-20T10:05:00Z')), usage(goes, '2026-11-20T10:05:00Z')];
    await db.store.prepare(records);
    await db.pool.query('delete from api_tokens where id = $1', [goes]);
    const before = { ...db.store.counts };
    await db.store.ingest('prepared', records, null, { segment: 0, offset: 1 });
    expect(db.store.counts).toEqual({ stored: before.stored + 2_500, dropped: before.dropped + 1 });
    expect(await sumOf('select count(*)::int as n from api_token_usage where token_id = $1', stays)).toBe(2_500);
    expect(await sumOf('select requests as n from usage_token_day_endpoint where token_id = $1', stays)).toBe(2_500);
    expect(await sumOf('select count(*)::int as n from usage_token_total where token_id = $1', goes)).toBe(0);
  });

  test('without records only moves the position', async () => {
    await db.store.ingest('idle spool', [], null, { segment: 3, offset: 8_000_000_000 });
    expect(await db.store.readPosition('idle spool')).toEqual({ segment: 3, offset: 8_000_000_000 });
    expect(await db.store.readPosition('no spool')).toBeNull();
  });

  test.each(['KEY_REVOKED', 'KEY_DISABLED', 'KEY_EXPIRED', 'ENVIRONMENT_MISMATCH'] as const)(
    'refused with %s is counted, and is no use of the token',
    async (outcome) => {
      const id = await db.addToken(`refused ${outcome}`);
      await db.ingest(usage(id, '2026-11-20T10:05:00Z', { status: 401, outcome }));
      expect(await db.rows('select last_used_at from api_tokens where id = $1', [id])).toEqual([{ last_used_at: null }]);
      expect(await db.rows('select requests::int, first_used_at, last_used_at from usage_token_total where token_id = $1', [id])).toEqual([
        { requests: 1, first_used_at: null, last_used_at: null },
      ]);
    },
  );

  test('that is older than the last use leaves it where it is', async () => {
    const id = await db.addToken('late news');
    await db.ingest(usage(id, '2026-11-20T11:00:00Z'));
    await db.ingest(usage(id, '2026-11-20T10:00:00Z'));
    expect(await db.rows('select last_used_at from api_tokens where id = $1', [id])).toEqual([
      { last_used_at: new Date('2026-11-20T11:00:00Z') },
    ]);
    expect(await db.rows('select first_used_at from usage_token_total where token_id = $1', [id])).toEqual([
      { first_used_at: new Date('2026-11-20T10:00:00Z') },
    ]);
  });
});

describe('the position', () => {
  test('is compared and set: whoever comes second stores nothing', async () => {
    const id = await db.addToken('two readers');
    const start = { segment: 0, offset: 10 };
    await db.store.ingest('shared', [usage(id, '2026-11-20T10:05:00Z')], null, start);
    const batch = [usage(id, '2026-11-20T10:06:00Z')];
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((n) => db.store.ingest('shared', batch, start, { segment: 0, offset: 10 + n })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(SpoolPositionConflict);
    expect(await sumOf('select count(*)::int as n from api_token_usage where token_id = $1', id)).toBe(2);
    expect(await sumOf('select requests::int as n from usage_token_total where token_id = $1', id)).toBe(2);
    await expect(db.store.ingest('shared', batch, null, start)).rejects.toThrow(SpoolPositionConflict);
  });

  test('stays where it was when the batch can not be stored', async () => {
    const id = await db.addToken('all or nothing');
    await db.pool.query(`alter table usage_hour add constraint fails check (requests < 0) not valid`);
    await expect(db.store.ingest('failing', [usage(id, '2026-11-20T10:05:00Z')], null, { segment: 0, offset: 1 })).rejects.toThrow('fails');
    await db.pool.query(`alter table usage_hour drop constraint fails`);
    expect(await db.store.readPosition('failing')).toBeNull();
    expect(await sumOf('select count(*)::int as n from api_token_usage where token_id = $1', id)).toBe(0);
    await db.store.ingest('failing', [usage(id, '2026-11-20T10:05:00Z')], null, { segment: 0, offset: 1 });
    expect(await sumOf('select count(*)::int as n from api_token_usage where token_id = $1', id)).toBe(1);
  });
});

describe('what clients send', () => {
  test('never makes a batch fail', async () => {
    const id = await db.addToken('weird');
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3_000 }),
      fc.constant('a\0b'),
      fc.constant('\uD800'),
      fc.constant('x\uDFFF\uD83D'),
      fc.constant('😀'.repeat(300)),
    );
    const number = fc.oneof(fc.double(), fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, 1e300, 0.5));
    const ip = fc.oneof(
      fc.constant(null),
      fc.ipV4(),
      fc.ipV6(),
      text,
      fc.constantFrom('::ffff:1.2.3.4', 'fe80::1%eth0', '1.2.3', '::', '1::', '::1', '256.1.1.1'),
    );
    const record = fc.record({
      at: number,
      method: text,
      endpoint: text,
      path: text,
      status: number,
      durationUs: number,
      requestBytes: number,
      responseBytes: number,
      ip,
      userAgent: fc.option(text),
      requestId: text,
    });
    const attempt = fc.record({
      fingerprint: text,
      ip,
      count: number,
      firstAt: number,
      lastAt: number,
      reason: fc.constantFrom('malformed', 'unknown'),
    });
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 20 }), fc.array(attempt, { maxLength: 10 }), async (records, attempts) => {
        const batch = records.map((given) => ({ ...usage(id, '2026-11-20T10:05:00Z'), ...given }));
        await db.ingest(...batch, ...attempts.map((given) => ({ kind: 'unknown' as const, ...given }) as never));
        sent += batch.length;
      }),
      { numRuns: 60 },
    );
    expect(await sumOf('select count(*)::int as n from api_token_usage where token_id = $1', id)).toBe(sent);
    expect(await sumOf('select sum(requests)::int as n from usage_token_day_endpoint where token_id = $1', id)).toBe(sent);
  });

  test.each([
    ['0.0.0.0', '0.0.0.0'],
    ['203.0.113.255', '203.0.113.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.128', '::ffff:192.0.2.128'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['nonsense', null],
  ])('address %s is stored as %s', async (ip, stored) => {
    const id = await db.addToken(`address ${ip}`);
    await db.ingest(usage(id, '2026-11-20T10:05:00Z', { ip }));
    expect(await db.rows('select host(ip) as ip, masklen(ip) as mask from api_token_usage where token_id = $1', [id])).toEqual([
      { ip: stored, mask: stored === null ? null : stored.includes(':') ? 128 : 32 },
    ]);
  });

  test('numbers and texts come back as they were', async () => {
    const id = await db.addToken('round trip');
    const userAgent = 'Ünïcode 😀 "quoted", {braced} \\ back\tslash';
    await db.ingest(
      usage(id, '1999-12-31T23:59:59.999Z', {
        durationUs: 4_294_967_296,
        responseBytes: 2 ** 33 + 1,
        requestBytes: 7,
        userAgent,
        requestId: 'r-9',
      }),
    );
    expect(
      await db.rows(
        'select at, duration_us::float8, request_bytes::float8, response_bytes::float8, user_agent, request_id from api_token_usage where token_id = $1',
        [id],
      ),
    ).toEqual([
      {
        at: new Date('2000-01-01T00:00:00Z'),
        duration_us: 4_294_967_296,
        request_bytes: 7,
        response_bytes: 2 ** 33 + 1,
        user_agent: userAgent,
        request_id: 'r-9',
      },
    ]);
  });
});

describe('endpoints beyond the cap', () => {
  test('are summed as (other), by token and across, also by a process that starts later', async () => {
    const capped = await openUsageFixture('2026-11-20T12:30:00Z', { endpointsPerTokenDay: 3, endpointsPerDay: 4 });
    const [a, b] = [await capped.addToken('a'), await capped.addToken('b')];
    const calls = (id: number, ...endpoints: string[]) => endpoints.map((endpoint) => usage(id, '2026-11-20T10:05:00Z', { endpoint }));
    await capped.ingest(...calls(a, '/1', '/2', '/3', '/4', '/5'), ...calls(b, '/6'));
    const later = createUsageStore({ pool: capped.pool, now: capped.now, endpointsPerTokenDay: 3, endpointsPerDay: 4 });
    await later.ingest('later', calls(a, '/3', '/7'), null, { segment: 0, offset: 1 });
    const rows = await capped.rows('select endpoint, requests from usage_token_day_endpoint where token_id = $1 order by 1', [a]);
    expect(rows).toEqual([
      { endpoint: '(other)', requests: 3 },
      { endpoint: '/1', requests: 1 },
      { endpoint: '/2', requests: 1 },
      { endpoint: '/3', requests: 2 },
    ]);
    const across = await capped.rows('select endpoint, requests::int from usage_day_endpoint order by 1');
    expect(across.reduce((sum, row) => sum + Number(row.requests), 0)).toBe(8);
    expect(across.map((row) => row.endpoint)).toEqual(['(other)', '/1', '/2', '/3', '/4']);
    expect(await capped.rows('select from api_token_usage where endpoint = $1', ['/7'])).toHaveLength(1);
    await capped.close();
  });
});

describe('many gateways', () => {
  test('that ingest at the same time lose nothing and never give up', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, (_, n) => db.addToken(`gateway ${n}`)));
    const gateways = Array.from({ length: 5 }, (_, n) => ({
      spool: `gateway ${n}`,
      store: createUsageStore({ pool: db.pool, now: db.now }),
    }));
    await Promise.all(
      gateways.map(async ({ spool, store }, shift) => {
        for (let round = 0; round < 8; round += 1) {
          const order = ids.map((_, at) => ids[(at * 5 + shift) % ids.length] ?? 0);
          const records = order.flatMap((id, at) => [usage(id, `2026-11-20T1${at % 3}:05:00Z`, { endpoint: `/e${(at * 3 + shift) % 5}` })]);
          await store.ingest(spool, records, round === 0 ? null : { segment: 0, offset: round }, { segment: 0, offset: round + 1 });
        }
      }),
    );
    for (const table of ['usage_token_total', 'usage_token_hour', 'usage_token_day', 'usage_token_day_endpoint']) {
      const [row] = await db.rows(`select sum(requests)::int as n from ${table} where token_id = any($1)`, [ids]);
      expect(row, table).toEqual({ n: 5 * 8 * 6 });
    }
  });
});

describe('unknown tokens', () => {
  test('are counted by fingerprint, address and reason', async () => {
    const attempt = {
      kind: 'unknown',
      fingerprint: 'f00dfeed00000001',
      ip: null,
      reason: 'unknown',
      count: 2,
      firstAt: 1_790_000_000_000,
      lastAt: 1_790_000_000_500,
    } as const;
    await db.ingest(
      attempt,
      { ...attempt, count: 3, lastAt: 1_790_000_001_000 },
      { ...attempt, ip: '::1' },
      { ...attempt, ip: '0:0:0:0:0:0:0:1' },
    );
    await db.ingest(attempt);
    const rows = (await db.reader.readUnknownAttempts(200)).filter(({ fingerprint }) => fingerprint === attempt.fingerprint);
    expect(rows).toEqual([
      {
        fingerprint: attempt.fingerprint,
        ipAddress: null,
        reason: 'unknown',
        attempts: 7,
        firstAt: '2026-09-21T14:13:20.000Z',
        lastAt: '2026-09-21T14:13:21.000Z',
      },
      {
        fingerprint: attempt.fingerprint,
        ipAddress: '::1',
        reason: 'unknown',
        attempts: 4,
        firstAt: '2026-09-21T14:13:20.000Z',
        lastAt: '2026-09-21T14:13:20.500Z',
      },
    ]);
  });

  test('never fill the table: those unseen for longest go', async () => {
    const flood = Array.from(
      { length: 10_050 },
      (_, n) =>
        ({
          kind: 'unknown',
          fingerprint: n.toString(16).padStart(16, '0'),
          ip: null,
          reason: 'malformed',
          count: 1,
          firstAt: 1_791_000_000_000 + n,
          lastAt: 1_791_000_000_000 + n,
        }) as const,
    );
    await db.ingest(...flood);
    expect(await db.rows('select count(*)::int as n from unknown_token_attempts')).toEqual([{ n: 10_000 }]);
    expect(await db.rows(`select from unknown_token_attempts where fingerprint = '0000000000000000'`)).toEqual([]);
  });
});

describe('deleting a token', () => {
  test('takes its rows, its rollups and its share of the sums across tokens', async () => {
    const own = await openUsageFixture('2026-11-20T12:30:00Z');
    const [gone, stays] = [await own.addToken('gone'), await own.addToken('stays')];
    await own.ingest(
      usage(gone, '2026-11-20T10:05:00Z', { status: 500 }),
      usage(gone, '2026-11-20T10:05:00Z'),
      usage(gone, '2026-11-19T09:05:00Z'),
      usage(stays, '2026-11-20T10:05:00Z', { durationUs: 1_000 }),
    );
    const client = await own.pool.connect();
    await client.query('begin');
    await client.query('delete from api_tokens where id = $1', [gone]);
    const late = own.ingest(usage(gone, '2026-11-20T10:06:00Z'), usage(stays, '2026-11-20T10:06:00Z'));
    await deleteTokenUsage(executorOf(client), gone);
    await client.query('commit');
    client.release();
    await late;
    for (const table of ['api_token_usage', 'usage_token_hour', 'usage_token_day', 'usage_token_day_endpoint', 'usage_token_total']) {
      expect(await own.rows(`select from ${table} where token_id = $1`, [gone]), table).toEqual([]);
    }
    for (const table of ['usage_hour', 'usage_day_endpoint', 'usage_hour_endpoint']) {
      expect(await own.rows(`select requests::int, ok::int, server_errors::int, response_bytes::int from ${table}`), table).toEqual([
        { requests: 2, ok: 2, server_errors: 0, response_bytes: 1_000 },
      ]);
    }
    const [summary] = await own.reader.readSeries({
      from: Date.parse('2026-11-20T10:00:00Z'),
      to: Date.parse('2026-11-20T11:00:00Z'),
      bucket: 'hour',
      timeZone: 'UTC',
    });
    expect(summary).toMatchObject({ requests: 2, serverErrors: 0, avg: 6.5 });
    await own.close();
  });

  test('while gateways write leaves no row of it behind, and sums that still agree', async () => {
    const own = await openUsageFixture('2026-11-20T12:30:00Z');
    const ids = await Promise.all(Array.from({ length: 8 }, (_, n) => own.addToken(`token ${n}`)));
    const gateway = async (name: string) => {
      for (let n = 0; n < 10; n += 1) {
        const records = ids.map((id, at) =>
          usage(id, `2026-11-20T1${n % 2}:05:00Z`, { endpoint: `/e${(at + n) % 3}`, status: n % 3 ? 200 : 500 }),
        );
        await own.store.ingest(name, records, n === 0 ? null : { segment: 0, offset: n }, { segment: 0, offset: n + 1 });
      }
    };
    const remove = async (id: number) => {
      const client = await own.pool.connect();
      await client.query('begin');
      await client.query('select from api_tokens where id = $1 for update', [id]);
      await deleteTokenUsage(executorOf(client), id);
      await client.query('delete from api_tokens where id = $1', [id]);
      await client.query('commit');
      client.release();
    };
    const gone = ids.slice(0, 5);
    await Promise.all([gateway('one'), gateway('two'), gateway('three'), ...gone.map(remove)]);
    expect(await own.rows('select from api_token_usage where token_id = any($1)', [gone])).toEqual([]);
    expect(await own.rows('select from usage_token_total where token_id = any($1)', [gone])).toEqual([]);
    for (const table of [
      'api_token_usage',
      'usage_token_hour',
      'usage_token_day_endpoint',
      'usage_hour',
      'usage_hour_endpoint',
      'usage_day_endpoint',
    ]) {
      const count = table === 'api_token_usage' ? 'count(*)' : 'sum(requests)';
      expect(await own.rows(`select ${count}::int as n from ${table}`), table).toEqual([{ n: 3 * 3 * 10 }]);
    }
    await own.close();
  });
});
