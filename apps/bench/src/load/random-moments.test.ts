import { expect, it } from 'vitest';
import { createRandomMoments } from './random-moments.ts';

function firstMoments(perSecond: number, count: number): number[] {
  const moments = createRandomMoments(perSecond);
  return Array.from({ length: count }, () => {
    const at = moments.next;
    moments.advance();
    return at;
  });
}

it('come at the rate that was asked for, at random gaps, the same at every call', () => {
  const moments = firstMoments(1_000, 20_000);
  expect(moments).toEqual(firstMoments(1_000, 20_000));
  expect(moments.at(-1) ?? 0).toBeGreaterThan(19_500);
  expect(moments.at(-1) ?? 0).toBeLessThan(20_500);
  const gaps = moments.slice(1).map((at, index) => at - (moments[index] ?? 0));
  // Of exponential gaps a share of 1/e is longer than the mean.
  expect(gaps.filter((gap) => gap > 1).length / gaps.length).toBeCloseTo(1 / Math.E, 1);
});
