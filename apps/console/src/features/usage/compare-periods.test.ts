import { expect, test } from 'vitest';
import { comparePeriods } from './compare-periods.ts';

const HOUR_MS = 3_600_000;
const start = Date.parse('2026-11-22T00:00:00.000Z');
const hours = (from: number, requests: number[]) =>
  requests.map((count, hour) => ({
    at: new Date(from + hour * HOUR_MS).toISOString(),
    requests: count,
    ok: count - 1,
    clientErrors: 0,
    rateLimited: 1,
    serverErrors: 0,
  }));

test('the hour that still fills is left out on both sides', () => {
  const now = start + 3 * HOUR_MS + 60_000;
  const current = hours(start, [10, 10, 10, 2]);
  const previous = hours(start - 4 * HOUR_MS, [5, 5, 5, 500]);
  expect(comparePeriods(current, previous, { bucket: 'hour', timeZone: 'UTC', now })).toEqual({
    current: { requests: 30, ok: 27, rateLimited: 3 },
    previous: { requests: 15, ok: 12, rateLimited: 3 },
  });
});

test('a span of the past is compared whole', () => {
  const now = start + 30 * HOUR_MS;
  const { current, previous } = comparePeriods(hours(start, [10, 20]), hours(start - 2 * HOUR_MS, [1, 2]), {
    bucket: 'hour',
    timeZone: 'UTC',
    now,
  });
  expect([current.requests, previous.requests]).toEqual([30, 3]);
});
