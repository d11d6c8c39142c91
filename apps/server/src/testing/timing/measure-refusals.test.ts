import { expect, it } from 'vitest';
import { measureRefusals } from './measure-refusals.ts';

it('every kind of refusal is timed and compared', async () => {
  const { samples, comparisons } = await measureRefusals(2_000);
  expect(samples).toBe(2_000);
  expect(comparisons.filter(({ mustBeAlike }) => mustBeAlike).map(({ a, b }) => [a, b])).toEqual([
    ['unknown', 'unknown, known start'],
    ['wrong end', 'wrong end, known start'],
  ]);
  for (const { mustBeAlike, meanNs, t } of comparisons) {
    for (const mean of meanNs) expect(mean).toBeGreaterThan(0);
    expect(t.map(({ kept }) => kept)).toEqual(mustBeAlike ? [1, 0.99, 0.9, 0.5] : [1]);
    for (const each of t) expect(each.t).not.toBeNaN();
  }
});
