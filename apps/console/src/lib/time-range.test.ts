import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveTimeRange, timeRangeSearchSchema } from './time-range.ts';
import { addBuckets, floorToBucket } from './zoned-time.ts';

const now = Date.parse('2026-11-22T12:34:56.000Z');
const resolve = (search: object, zone = 'UTC', at = now) => resolveTimeRange(timeRangeSearchSchema.parse(search), zone, at);

describe('presets', () => {
  test('the default is 24 hourly buckets, the current hour last', () => {
    expect(resolve({})).toMatchObject({ from: '2026-11-21T13:00:00.000Z', to: '2026-11-22T13:00:00.000Z', bucket: 'hour', live: true });
  });

  test('all moments of an hour give the same bounds, so that answers are shared', () => {
    expect(resolve({}, 'UTC', now + 60_000)).toEqual(resolve({}));
  });

  test('days begin at the midnight of the zone', () => {
    expect(resolve({ range: '30d' }, 'Europe/Berlin')).toMatchObject({ from: '2026-10-23T22:00:00.000Z', to: '2026-11-22T23:00:00.000Z' });
  });

  test('days of a zone that is half an hour off begin with their first full hour: the one before counts to the day before', () => {
    expect(resolve({ range: '30d' }, 'Asia/Kolkata')).toMatchObject({ from: '2026-10-23T19:00:00.000Z', to: '2026-11-22T18:30:00.000Z' });
  });

  test('a bucket too fine for the range is not taken', () => {
    expect(resolve({ range: '90d', bucket: 'hour' }).bucket).toBe('day');
    expect(resolve({ range: '7d', bucket: 'hour' }).bucket).toBe('hour');
  });
});

describe('a custom range', () => {
  test('is widened to bucket boundaries', () => {
    const search = { from: '2026-11-20T10:20:00.000Z', to: '2026-11-20T15:40:00.000Z' };
    expect(resolve(search)).toMatchObject({
      range: 'custom',
      from: '2026-11-20T10:00:00.000Z',
      to: '2026-11-20T16:00:00.000Z',
      live: false,
    });
  });

  test.each([
    [{ from: '2026-11-20T10:00:00.000Z', to: '2026-11-19T10:00:00.000Z' }],
    [{ from: '2020-01-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' }],
    [{ from: 'yesterday', to: '<script>' }],
    [{ range: 'forever', tz: 'Mars/Olympus', bucket: 7 }],
  ])('what makes no sense falls back to the default: %j', (search) => {
    expect(resolve(search)).toEqual(resolve({}));
  });
});

describe('buckets over a clock change in Berlin', () => {
  const midnight = Date.parse('2026-10-24T22:00:00.000Z');

  test('the day that clocks go back has 25 hours', () => {
    expect(addBuckets(midnight, 1, 'day', 'Europe/Berlin') - midnight).toBe(25 * 3_600_000);
  });

  test('six-hour buckets stay on local midnight, 6, 12 and 18 o’clock', () => {
    const sixth = addBuckets(midnight, 1, '6h', 'Europe/Berlin');
    expect(new Date(sixth).toISOString()).toBe('2026-10-25T05:00:00.000Z');
    expect(addBuckets(midnight, 4, '6h', 'Europe/Berlin')).toBe(addBuckets(midnight, 1, 'day', 'Europe/Berlin'));
  });
});

test('an instant lies in the bucket it is floored to, in every zone', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'America/Sao_Paulo');
  fc.assert(
    fc.property(
      fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }),
      fc.constantFrom('hour', '6h', 'day'),
      zones,
      (seconds, bucket, zone) => {
        const instant = seconds * 1000;
        const start = floorToBucket(instant, bucket, zone);
        expect(start).toBeLessThanOrEqual(instant);
        expect(addBuckets(start, 1, bucket, zone)).toBeGreaterThan(instant);
      },
    ),
  );
});
