import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_BUCKETS, latencyBucketOf, latencyPercentileMs, mergeLatencyBuckets } from './latency-histogram.ts';

const durations = fc.array(fc.integer({ min: 100, max: 299_000_000 }), { minLength: 1 });

function count(values: readonly number[]): number[] {
  const counts = new Array<number>(LATENCY_BUCKETS).fill(0);
  for (const value of values) counts[latencyBucketOf(value)] = (counts[latencyBucketOf(value)] ?? 0) + 1;
  return counts;
}

describe('the bucket of a duration', () => {
  it('is the first below 0.1 ms and the last from 5 minutes on', () => {
    expect([-1, 0, 99].map(latencyBucketOf)).toEqual([0, 0, 0]);
    expect(latencyBucketOf(100)).toBe(1);
    expect(latencyBucketOf(299_999_999)).toBe(LATENCY_BUCKETS - 2);
    expect([300_000_000, 1e12, Number.POSITIVE_INFINITY].map(latencyBucketOf)).toEqual([63, 63, 63]);
  });

  it('never falls as durations rise', () => {
    const pairs = fc.tuple(fc.integer({ min: 0, max: 400_000_000 }), fc.integer({ min: 0, max: 400_000_000 }));
    fc.assert(fc.property(pairs, ([a, b]) => latencyBucketOf(Math.min(a, b)) <= latencyBucketOf(Math.max(a, b))));
  });
});

describe('a percentile', () => {
  it('is null where nothing was counted', () => {
    expect(latencyPercentileMs([], 0.5)).toBeNull();
    expect(latencyPercentileMs(count([]), 0.99)).toBeNull();
  });

  it('lies within one bucket (28 %) of the exact one', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1), (values, quantile) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exactMs = (sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0) / 1000;
        const estimate = latencyPercentileMs(count(values), quantile) ?? Number.NaN;
        expect(estimate).toBeGreaterThanOrEqual(exactMs / 1.28);
        expect(estimate).toBeLessThanOrEqual(exactMs * 1.28);
      }),
    );
  });

  it('never falls as the quantile rises', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (values, a, b) => {
        const counts = count(values);
        const [low, high] = [latencyPercentileMs(counts, Math.min(a, b)), latencyPercentileMs(counts, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high ?? 0);
      }),
    );
  });
});

it('merging histograms is counting everything in one', () => {
  fc.assert(
    fc.property(durations, durations, (a, b) => {
      expect(mergeLatencyBuckets(count(a), count(b))).toEqual(count([...a, ...b]));
    }),
  );
});
