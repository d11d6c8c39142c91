import { describe, expect, it } from 'vitest';
import { collectLimit, parseRefill } from './parse-limit.ts';

describe('a limit', () => {
  it('has a name, a number and a window; several add up', () => {
    expect(collectLimit('monthly=100000/30d', collectLimit('burst=10/1s'))).toEqual([
      { name: 'burst', max: 10, windowMs: 1_000 },
      { name: 'monthly', max: 100_000, windowMs: 2_592_000_000 },
    ]);
  });

  it.each(['burst', 'burst=10', 'burst=10/1', 'burst=ten/1s', '10/1s'])('is not %j', (text) => {
    expect(() => collectLimit(text)).toThrow();
  });
});

it('a refill has a number and an interval', () => {
  expect(parseRefill('1000/1d')).toEqual({ amount: 1_000, intervalMs: 86_400_000 });
  expect(() => parseRefill('1000')).toThrow('1000/1d');
});
