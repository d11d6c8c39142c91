import { expect, test } from 'vitest';
import { usageRecords } from './usage-workload.ts';

const options = { tokens: 1_000, endpoints: 60, perSecond: 2_000, until: 1_790_000_000_000 } as const;
const kinds = (records: Iterable<{ tokenId: number; endpoint: string; method: string }>) =>
  new Set(Array.from(records, ({ tokenId, endpoint, method }) => `${tokenId} ${method} ${endpoint}`)).size;

test('skewed as described: the busiest token makes 13 % of the requests, the busiest hundred 69 %', () => {
  const records = [...usageRecords({ ...options, workload: 'skewed' }, 50_000)];
  const share = (most: number) => records.filter(({ tokenId }) => tokenId <= most).length / records.length;
  expect(share(1)).toBeCloseTo(0.13, 1);
  expect(share(100)).toBeCloseTo(0.69, 1);
  expect(records.at(-1)?.at).toBeLessThan(options.until);
  expect((records.at(-1)?.at ?? 0) - (records[0]?.at ?? 0)).toBeCloseTo(25_000, -2);
});

test('scattered: nearly every request of 5,000 is of a kind of its own', () => {
  expect(kinds(usageRecords({ ...options, workload: 'scattered' }, 5_000))).toBeGreaterThan(4_300);
  expect(kinds(usageRecords({ ...options, workload: 'skewed' }, 5_000))).toBeLessThan(3_300);
});
