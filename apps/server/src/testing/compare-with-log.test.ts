import { describe, expect, it } from 'vitest';
import { isExact, type LogComparison } from './compare-with-log.ts';

function aComparison(given: Partial<LogComparison> = {}): LogComparison {
  const totals = { byHour: 5, byDay: 5, byEndpoint: 5, acrossTokens: 5, lifetime: 5 };
  return { answered: 4, logged: 5, lost: [], doubled: [], wrongStatus: [], totals, ...given };
}

describe('a log is exact', () => {
  it('where everything that was answered is in it once; a request whose answer was cut off may be, too', () => {
    expect(isExact(aComparison())).toBe(true);
  });

  it.each<[string, Partial<LogComparison>]>([
    ['one is lost', { lost: [3] }],
    ['one is there twice', { doubled: ['/products/3'] }],
    ['one has another status', { wrongStatus: [3] }],
    ['a sum differs', { totals: { ...aComparison().totals, byDay: 4 } }],
    ['nothing was answered', { answered: 0 }],
    ['nothing was sent at all', { answered: 0, logged: 0, totals: { byHour: 0, byDay: 0, byEndpoint: 0, acrossTokens: 0, lifetime: 0 } }],
  ])('but not where %s', (_what, given) => {
    expect(isExact(aComparison(given))).toBe(false);
  });
});
