import { expect, it } from 'vitest';
import { createLatencyHistogram } from './latency-histogram.ts';

it('finds percentiles within 0.6 %, over microseconds and over seconds', () => {
  for (const scale of [1, 1_000, 100_000]) {
    const histogram = createLatencyHistogram();
    for (let value = 1; value <= 1_000; value += 1) histogram.record(value * scale);
    for (const [share, exact] of [
      [0.5, 500],
      [0.99, 990],
      [1, 1_000],
    ] as const) {
      expect(Math.abs((histogram.percentile(share) ?? 0) / (exact * scale) - 1)).toBeLessThan(0.006);
    }
  }
});

it('does not mix up the slowest with the rest: one of a hundred is behind the 99th percentile, two are not', () => {
  const histogram = createLatencyHistogram();
  for (let count = 0; count < 98; count += 1) histogram.record(10);
  histogram.record(50_000);
  expect(histogram.percentile(0.5)).toBeLessThan(11);
  histogram.record(50_000);
  expect(histogram.percentile(0.99)).toBeGreaterThan(49_000);
});

it('knows nothing while nothing was recorded', () => {
  expect(createLatencyHistogram().percentile(0.5)).toBeNull();
});
