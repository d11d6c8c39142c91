import { OperationError, UNKNOWN_STATUS } from '@latchkey/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUsageFixture, type UsageFixture } from './usage-fixture.ts';
import type { UsagePoint, UsageRange } from './usage-reader.ts';
import { usage } from './usage-record-fixture.ts';

const NOW = '2026-11-20T12:30:00Z';

let db: UsageFixture;
beforeAll(async () => {
  db = await openUsageFixture(NOW);
});
afterAll(() => db.close());

function range(from: string, to: string, tokenId?: number): UsageRange {
  return { tokenId, from: Date.parse(from), to: Date.parse(to) };
}

function keys(points: readonly UsagePoint[]): string[] {
  return points.map(({ at }) => at);
}

describe('a token report', () => {
  test('covers the last N × 24 hours with the running one, hours with requests only, oldest first', async () => {
    const id = await db.addToken('report');
    await db.ingest(
      usage(id, '2026-11-19T12:59:59.999Z', { endpoint: '/too-old' }),
      usage(id, '2026-11-19T13:00:00Z', { durationUs: 10_400 }),
      usage(id, '2026-11-20T12:10:00Z', { durationUs: 20_000 }),
      usage(id, '2026-11-20T12:11:00Z', { durationUs: 31_200, status: 500, endpoint: '/stores', method: 'POST', ip: '::1' }),
      usage(id, '2026-11-20T12:12:00Z', { durationUs: 20_000, status: 404 }),
    );
    const report = await db.reader.readTokenReport(id, 1, db.now());
    expect(report.hourlyUsage).toEqual([
      { hour: '2026-11-19T13:00:00.000Z', requests: 1, avgResponseTime: 10, successfulRequests: 1, failedRequests: 0 },
      { hour: '2026-11-20T12:00:00.000Z', requests: 3, avgResponseTime: 24, successfulRequests: 1, failedRequests: 2 },
    ]);
    expect(report.endpointUsage).toEqual([
      { endpoint: '/products', method: 'GET', requests: 3, avgResponseTime: 17 },
      { endpoint: '/stores', method: 'POST', requests: 1, avgResponseTime: 31 },
    ]);
    expect(report.recentRequests.map(({ createdAt }) => createdAt)).toEqual([
      '2026-11-20T12:12:00.000Z',
      '2026-11-20T12:11:00.000Z',
      '2026-11-20T12:10:00.000Z',
      '2026-11-19T13:00:00.000Z',
    ]);
    expect(report.recentRequests[1]).toEqual({
      endpoint: '/stores',
      method: 'POST',
      statusCode: 500,
      responseTimeMs: 31,
      ipAddress: '::1',
      createdAt: '2026-11-20T12:11:00.000Z',
    });
    expect((await db.reader.readTokenReport(id, 2, db.now())).hourlyUsage).toHaveLength(3);
  });

  test('of a token without requests is empty', async () => {
    const id = await db.addToken('silent');
    expect(await db.reader.readTokenReport(id, 7, db.now())).toEqual({ hourlyUsage: [], endpointUsage: [], recentRequests: [] });
  });

  test('holds the newest 100 requests', async () => {
    const id = await db.addToken('busy');
    await db.ingest(
      ...Array.from({ length: 130 }, (_, n) =>
        usage(id, new Date(Date.parse('2026-11-20T12:00:00Z') + n).toISOString(), { status: 200 + (n % 100) }),
      ),
    );
    const { recentRequests } = await db.reader.readTokenReport(id, 7, db.now());
    expect(recentRequests).toHaveLength(100);
    expect(recentRequests[0]?.createdAt).toBe('2026-11-20T12:00:00.129Z');
  });
});

describe('the overview', () => {
  test('agrees with the series, the tokens and the endpoints', async () => {
    const own = await openUsageFixture(NOW);
    const ids = [
      await own.addToken('one'),
      await own.addToken('two'),
      await own.addToken('off', { active: false }),
      await own.addToken('over', { expires_at: NOW }),
    ];
    const [one = 0, two = 0] = ids;
    const at = (hours: number) => new Date(Date.parse('2026-11-20T12:29:00Z') - hours * 3_600_000).toISOString();
    await own.ingest(
      ...Array.from({ length: 200 }, (_, n) =>
        usage(n % 3 ? one : two, at(n), { status: n % 7 ? 200 : 503, endpoint: `/e${n % 4}`, durationUs: 1_000 * n }),
      ),
    );
    const { overview, topTokens, topEndpoints } = await own.reader.readOverviewReport(7, own.now());
    expect(overview).toEqual({ activeTokens: 2, totalRequests: 168, avgResponseTime: 84, successfulRequests: 144, failedRequests: 24 });
    expect(topTokens.map(({ id, requests }) => [id, requests])).toEqual([
      [one, 112],
      [two, 56],
    ]);
    expect(topEndpoints.map(({ endpoint, requests }) => [endpoint, requests])).toEqual([
      ['/e0', 42],
      ['/e1', 42],
      ['/e2', 42],
      ['/e3', 42],
    ]);
    const points = await own.reader.readSeries({ ...range(at(167), NOW), bucket: 'hour', timeZone: 'UTC' });
    expect(points.reduce((sum, point) => sum + point.requests, 0)).toBe(168);
    await own.close();
  });

  test('of nothing is zeros', async () => {
    const own = await openUsageFixture(NOW);
    expect(await own.reader.readOverviewReport(7, own.now())).toEqual({
      overview: { activeTokens: 0, totalRequests: 0, avgResponseTime: 0, successfulRequests: 0, failedRequests: 0 },
      topTokens: [],
      topEndpoints: [],
    });
    await own.close();
  });
});

describe('a series', () => {
  test('has every bucket, zeros and nulls where nothing happened', async () => {
    const id = await db.addToken('series');
    await db.ingest(
      usage(id, '2026-11-20T10:05:00Z', { durationUs: 12_000 }),
      usage(id, '2026-11-20T10:06:00Z', { status: 429, durationUs: 12_000 }),
    );
    const points = await db.reader.readSeries({
      ...range('2026-11-20T09:30:00Z', '2026-11-20T11:00:01Z', id),
      bucket: 'hour',
      timeZone: 'Europe/Berlin',
    });
    const nothing = {
      requests: 0,
      ok: 0,
      clientErrors: 0,
      rateLimited: 0,
      serverErrors: 0,
      trialDenied: 0,
      avg: null,
      p50: null,
      p95: null,
      p99: null,
    };
    expect(points).toEqual([
      { at: '2026-11-20T09:00:00.000Z', ...nothing },
      {
        at: '2026-11-20T10:00:00.000Z',
        ...nothing,
        requests: 2,
        ok: 1,
        rateLimited: 1,
        avg: 12,
        p50: expect.any(Number),
        p95: expect.any(Number),
        p99: expect.any(Number),
      },
      { at: '2026-11-20T11:00:00.000Z', ...nothing },
    ]);
    expect(points[1]?.p50).toBeGreaterThan(9);
    expect(points[1]?.p50).toBeLessThan(15);
  });

  test('in autumn has 25 hours a day, the one that comes twice told apart, and days that begin at midnight', async () => {
    const hours = await db.reader.readSeries({
      ...range('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'),
      bucket: 'hour',
      timeZone: 'Europe/Berlin',
    });
    expect(hours).toHaveLength(25);
    expect(new Set(keys(hours)).size).toBe(25);
    const days = await db.reader.readSeries({
      ...range('2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z'),
      bucket: 'day',
      timeZone: 'Europe/Berlin',
    });
    expect(keys(days)).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
    const quarters = await db.reader.readSeries({
      ...range('2026-10-24T22:00:00Z', '2026-10-26T05:00:00Z'),
      bucket: '6h',
      timeZone: 'Europe/Berlin',
    });
    expect(keys(quarters)).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
      '2026-10-25T11:00:00.000Z',
      '2026-10-25T17:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('in spring skips the hour that is not there, also where it is midnight', async () => {
    const days = await db.reader.readSeries({
      ...range('2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z'),
      bucket: 'day',
      timeZone: 'Europe/Berlin',
    });
    expect(keys(days)).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    const cairo = await db.reader.readSeries({
      ...range('2026-04-22T22:00:00Z', '2026-04-25T21:00:00Z'),
      bucket: 'day',
      timeZone: 'Africa/Cairo',
    });
    expect(keys(cairo)).toEqual(['2026-04-22T22:00:00.000Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z']);
  });

  test('ends with the bucket in which its last hour begins, in zones that are half an hour off, too', async () => {
    const days = await db.reader.readSeries({
      ...range('2026-11-15T19:00:00Z', '2026-11-17T18:30:00Z'),
      bucket: 'day',
      timeZone: 'Asia/Kolkata',
    });
    expect(keys(days)).toEqual(['2026-11-15T18:30:00.000Z', '2026-11-16T18:30:00.000Z']);
  });

  test('adds up to the same in every zone and bucket', async () => {
    const own = await openUsageFixture(NOW);
    const id = await own.addToken('zones');
    const start = Date.parse('2026-01-01T00:00:00Z');
    const records = Array.from({ length: 1_500 }, (_, n) =>
      usage(id, new Date(start + n * 5.1 * 3_600_000).toISOString(), { status: [200, 404, 429, 500][n % 4] }),
    );
    await own.ingest(...records);
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Havana',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/St_Johns',
      'Pacific/Apia',
    );
    await fc.assert(
      fc.asyncProperty(
        zone,
        fc.constantFrom('hour', '6h', 'day'),
        fc.integer({ min: 0, max: 7_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        async (timeZone, bucket, from, length) => {
          const span = { tokenId: id, from: start + from * 3_600_000, to: start + (from + length) * 3_600_000 };
          const points = await own.reader.readSeries({ ...span, bucket: bucket as 'hour', timeZone });
          const expected = records.filter(({ at }) => at >= span.from && at < span.to).length;
          expect(points.reduce((sum, point) => sum + point.requests, 0)).toBe(expected);
          for (const point of points) expect(point.ok + point.clientErrors + point.rateLimited + point.serverErrors).toBe(point.requests);
          expect((await own.reader.readSummary(span)).current.requests).toBe(expected);
          expect(keys(points)).toEqual([...new Set(keys(points))].sort());
        },
      ),
      { numRuns: 40 },
    );
    await own.close();
  });

  test.each(['Mars/Olympus', '', '+05:30', 'UTC+3', "UTC'; drop table api_tokens; --"])('refuses the zone %j', async (timeZone) => {
    const wanted = db.reader.readSeries({ ...range('2026-11-20T09:00:00Z', '2026-11-20T10:00:00Z'), bucket: 'day', timeZone });
    await expect(wanted).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'timeZone' }] });
  });
});

describe('a summary', () => {
  test('has the range and as many hours before it', async () => {
    const id = await db.addToken('summary');
    await db.ingest(
      usage(id, '2026-11-20T11:00:00Z', { requestBytes: 10, responseBytes: 100, durationUs: 5_000 }),
      usage(id, '2026-11-20T10:59:59Z', { status: 500 }),
      usage(id, '2026-11-20T09:00:00Z', { status: 403 }),
      usage(id, '2026-11-20T08:59:59Z'),
    );
    const { current, previous, activeTokens } = await db.reader.readSummary(range('2026-11-20T11:00:00Z', '2026-11-20T13:00:00Z', id));
    expect(current).toMatchObject({ requests: 1, ok: 1, requestBytes: 10, responseBytes: 100, avg: 5 });
    expect(current.p99).toBeGreaterThan(3.5);
    expect(previous).toMatchObject({ requests: 2, ok: 0, clientErrors: 1, serverErrors: 1 });
    expect(activeTokens).toBeGreaterThan(0);
  });
});

describe('endpoints and tokens of a range', () => {
  test('are exact to the hour, over any days', async () => {
    const own = await openUsageFixture(NOW);
    const ids = [await own.addToken('a'), await own.addToken('b')];
    const start = Date.parse('2026-11-15T00:00:00Z');
    const records = Array.from({ length: 900 }, (_, n) =>
      usage(ids[n % 2] ?? 0, new Date(start + ((n * 7_919_000) % 475_000_000)).toISOString(), {
        endpoint: `/e${n % 5}`,
        status: [200, 429, 500, 404][n % 4],
        method: n % 3 ? 'GET' : 'POST',
      }),
    );
    await own.ingest(...records);
    const hour = fc.integer({ min: 0, max: 131 });
    await fc.assert(
      fc.asyncProperty(hour, fc.integer({ min: 1, max: 132 }), fc.constantFrom(undefined, ...ids), async (from, length, tokenId) => {
        const span = { tokenId, from: start + from * 3_600_000, to: start + (from + length) * 3_600_000, limit: 200 };
        const inside = records.filter(
          (record) => record.at >= span.from && record.at < span.to && (tokenId === undefined || record.tokenId === tokenId),
        );
        const endpoints = await own.reader.readEndpoints(span);
        const got = Object.fromEntries(endpoints.map((row) => [`${row.method} ${row.endpoint}`, [row.requests, row.rateLimited]]));
        const wanted: Record<string, number[]> = {};
        for (const { method, endpoint, status } of inside) {
          const [requests = 0, limited = 0] = wanted[`${method} ${endpoint}`] ?? [];
          wanted[`${method} ${endpoint}`] = [requests + 1, limited + Number(status === 429)];
        }
        expect(got).toEqual(wanted);
        const tokens = await own.reader.readTopTokens(span);
        expect(tokens.reduce((sum, token) => sum + token.requests, 0)).toBe(inside.length);
        const throttled = await own.reader.readThrottled(span);
        expect(throttled.reduce((sum, token) => sum + token.rateLimited, 0)).toBe(inside.filter(({ status }) => status === 429).length);
      }),
      { numRuns: 60 },
    );
    await own.close();
  });

  test('come most requests first, with their percentiles and the last call', async () => {
    const id = await db.addToken('breakdown');
    await db.ingest(
      usage(id, '2026-11-18T10:00:00Z', { endpoint: '/rare', durationUs: 900_000 }),
      usage(id, '2026-11-18T11:00:00Z', { endpoint: '/often', status: 500 }),
      usage(id, '2026-11-20T12:00:00.250Z', { endpoint: '/often' }),
    );
    const rows = await db.reader.readEndpoints({ ...range('2026-11-18T09:00:00Z', '2026-11-20T13:00:00Z', id), limit: 10 });
    expect(rows).toMatchObject([
      { endpoint: '/often', method: 'GET', requests: 2, ok: 1, serverErrors: 1, avg: 12, lastAt: '2026-11-20T12:00:00.250Z' },
      { endpoint: '/rare', requests: 1, avg: 900, lastAt: '2026-11-18T10:00:00.000Z' },
    ]);
    expect(rows[1]?.p95).toBeGreaterThan(650);
    expect(await db.reader.readEndpoints({ ...range('2026-11-18T09:00:00Z', '2026-11-20T13:00:00Z', id), limit: 1 })).toHaveLength(1);
  });

  test('of hours that the log no longer holds are apportioned, and still add up', async () => {
    const own = await openUsageFixture(NOW);
    const id = await own.addToken('old');
    await own.ingest(
      ...Array.from({ length: 100 }, (_, n) => usage(id, `2026-09-01T${n % 2 ? '03' : '20'}:00:00Z`, { endpoint: n % 4 ? '/a' : '/b' })),
    );
    await own.pool.query('delete from api_token_usage');
    await own.pool.query('delete from usage_hour_endpoint');
    for (const tokenId of [id, undefined]) {
      const rows = await own.reader.readEndpoints({ ...range('2026-09-01T12:00:00Z', '2026-09-02T00:00:00Z', tokenId), limit: 10 });
      expect(rows).toMatchObject([
        { endpoint: '/a', requests: 38, avg: 12 },
        { endpoint: '/b', requests: 13 },
      ]);
    }
    await own.close();
  });

  test('throttled ones carry their limit', async () => {
    const id = await db.addToken('throttled', { rate_limit_max: 5, rate_limit_window_ms: 1_000 });
    await db.ingest(usage(id, '2026-11-20T12:00:00Z'), usage(id, '2026-11-20T12:00:01Z', { status: 429, outcome: 'RATE_LIMITED' }));
    const rows = await db.reader.readThrottled({ ...range('2026-11-20T12:00:00Z', '2026-11-20T13:00:00Z', id), limit: 10 });
    expect(rows).toEqual([{ id, name: 'throttled', rateLimit: 5, rateLimitWindowMs: 1_000, requests: 2, rateLimited: 1 }]);
  });
});

describe('the request log', () => {
  test('is read page by page, newest first, each row once, although several have the same time', async () => {
    const id = await db.addToken('log');
    await db.ingest(...Array.from({ length: 25 }, (_, n) => usage(id, `2026-11-20T10:00:0${Math.floor(n / 5)}Z`, { requestId: `r${n}` })));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await db.reader.readRequests({ ...range('2026-11-20T00:00:00Z', NOW, id), limit: 7, cursor });
      seen.push(...page.requests.map(({ requestId }) => requestId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `r${24 - n}`));
  });

  test('does not offer a page after the last row', async () => {
    const id = await db.addToken('one page');
    await db.ingest(usage(id, '2026-11-20T10:00:00Z'), usage(id, '2026-11-20T10:00:01Z'));
    expect((await db.reader.readRequests({ ...range('2026-11-20T00:00:00Z', NOW, id), limit: 2 })).nextCursor).toBeNull();
  });

  test('is filtered by status class, method, endpoint and outcome', async () => {
    const id = await db.addToken('filtered');
    await db.ingest(
      ...[200, 304, 403, 429, 500].map((status, n) => usage(id, `2026-11-20T10:00:0${n}Z`, { status })),
      usage(id, '2026-11-20T10:00:09Z', { status: 200, method: 'POST', endpoint: '/stores', outcome: 'CLIENT_CLOSED' }),
    );
    const statuses = async (filter: object) =>
      (await db.reader.readRequests({ ...range('2026-11-20T00:00:00Z', NOW, id), limit: 50, ...filter })).requests.map(
        ({ status }) => status,
      );
    expect(await statuses({ status: ['2xx'] })).toEqual([200, 304, 200]);
    expect(await statuses({ status: ['4xx', '5xx'] })).toEqual([500, 403]);
    expect(await statuses({ status: ['429'] })).toEqual([429]);
    expect(await statuses({ status: [] })).toHaveLength(6);
    expect(await statuses({ method: 'POST' })).toEqual([200]);
    expect(await statuses({ endpoint: '/stores' })).toEqual([200]);
    expect(await statuses({ outcome: 'CLIENT_CLOSED' })).toEqual([200]);
    expect(await statuses({ outcome: `x' or '1'='1` })).toEqual([]);
  });

  test('says of a request that a proxy answered that its status is not known, and counts it as successful', async () => {
    const id = await db.addToken('asked about');
    const via = 'forward_auth' as const;
    await db.ingest(
      usage(id, '2026-11-20T10:00:00Z', { status: UNKNOWN_STATUS, via }),
      usage(id, '2026-11-20T10:00:01Z', { status: 403, via, outcome: 'ENDPOINT_NOT_ALLOWED' }),
      usage(id, '2026-11-20T10:00:02Z', { status: 200 }),
    );
    const seen = async (filter: object) =>
      (await db.reader.readRequests({ ...range('2026-11-20T00:00:00Z', NOW, id), limit: 50, ...filter })).requests.map((row) => [
        row.status,
        row.via,
      ]);
    expect(await seen({})).toEqual([
      [200, null],
      [403, via],
      [null, via],
    ]);
    expect(await seen({ status: ['2xx'] })).toEqual([
      [200, null],
      [null, via],
    ]);
    const report = await db.reader.readTokenReport(id, 1, db.now());
    expect(report.hourlyUsage).toMatchObject([{ requests: 3, successfulRequests: 2, failedRequests: 1 }]);
    expect(report.recentRequests[2]).toMatchObject({ statusCode: null, endpoint: '/products' });
  });

  test('gives whole rows', async () => {
    const id = await db.addToken('whole row');
    await db.ingest(
      usage(id, '2026-11-20T10:00:00.789Z', { durationUs: 1_234, requestBytes: 3, path: '/products?', userAgent: null, ip: null }),
    );
    const { requests } = await db.reader.readRequests({ ...range('2026-11-20T00:00:00Z', NOW, id), limit: 50 });
    expect(requests).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        tokenId: id,
        tokenName: 'whole row',
        at: '2026-11-20T10:00:00.789Z',
        method: 'GET',
        endpoint: '/products',
        path: '/products?',
        status: 200,
        via: null,
        responseTimeMs: 1.234,
        requestBytes: 3,
        responseBytes: 500,
        ipAddress: null,
        userAgent: null,
        outcome: 'VALID',
        requestId: 'req-1',
      },
    ]);
  });

  test.each([
    '',
    'garbage',
    'MS4x.',
    Buffer.from('1.2.3').toString('base64url'),
    Buffer.from('-1.2').toString('base64url'),
    `${Buffer.from('1.2').toString('base64url')}\n`,
    'A'.repeat(200),
  ])('refuses the cursor %j', async (cursor) => {
    const wanted = db.reader.readRequests({ ...range('2026-11-20T00:00:00Z', NOW), limit: 7, cursor });
    await expect(wanted).rejects.toThrow(OperationError);
    await expect(wanted).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] });
  });
});

describe('what wants attention', () => {
  test('comes most pressing first, each token once, and never a token that is switched off', async () => {
    const own = await openUsageFixture(NOW);
    const long = { created_at: '2026-01-01T00:00:00Z' };
    const recent = { ...long, last_used_at: '2026-11-20T12:00:00Z' };
    const limited = await own.addToken('limited', { ...recent, expires_at: '2026-11-21T00:00:00Z' });
    const failing = await own.addToken('failing', recent);
    const fewCalls = await own.addToken('few calls', recent);
    const expiring = await own.addToken('expiring', { ...recent, expires_at: '2026-11-23T13:00:00Z' });
    const idle = await own.addToken('idle', { ...long, last_used_at: '2026-10-01T00:00:00Z' });
    const never = await own.addToken('never', { created_at: '2026-11-18T00:00:00Z' });
    await own.addToken('new', { created_at: '2026-11-20T00:00:00Z' });
    await own.addToken('off', { ...long, active: false });
    await own.addToken('revoked', { ...long, revoked_at: '2026-11-01T00:00:00Z' });
    await own.addToken('expired', { ...long, expires_at: '2026-11-01T00:00:00Z' });
    const calls = (id: number, count: number, status: number) =>
      Array.from({ length: count }, () => usage(id, '2026-11-20T12:05:00Z', { status }));
    await own.ingest(
      ...calls(limited, 95, 200),
      ...calls(limited, 5, 429),
      ...calls(failing, 18, 200),
      ...calls(failing, 2, 500),
      ...calls(fewCalls, 19, 500),
    );
    expect(await own.reader.readAttention(own.now())).toEqual([
      {
        tokenId: limited,
        name: 'limited',
        reason: 'rate_limited',
        detail: '5 % of its requests were over the rate limit in the last hour (5 of 100).',
      },
      { tokenId: failing, name: 'failing', reason: 'failing', detail: '10 % of its requests failed in the last hour (2 of 20).' },
      { tokenId: expiring, name: 'expiring', reason: 'expires_soon', detail: 'Expires in 3 days, on 2026-11-23 at 13:00 UTC.' },
      { tokenId: idle, name: 'idle', reason: 'idle', detail: 'Not used for 50 days.' },
      { tokenId: never, name: 'never', reason: 'never_used', detail: 'Never used since it was created 2 days ago.' },
    ]);
    await own.close();
  });
});
