import type { UsageRecord } from '@latchkey/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregateUsage, keyReaders } from './aggregate-usage.ts';
import { cleanRecord } from './clean-record.ts';
import {
  DAY_ENDPOINT,
  HOUR,
  HOUR_ENDPOINT,
  type Rollup,
  SECRET_HOUR,
  SUM_COLUMNS,
  TOKEN_DAY,
  TOKEN_DAY_ENDPOINT,
  TOKEN_HOUR,
} from './rollup.ts';
import { createUsageCells, type UsageSums } from './usage-cell.ts';
import { usage } from './usage-record-fixture.ts';

const record: fc.Arbitrary<UsageRecord> = fc
  .record({
    tokenId: fc.integer({ min: 1, max: 3 }),
    secretId: fc.constantFrom(null, 1, 2),
    minute: fc.integer({ min: 0, max: 60 * 30 }),
    method: fc.constantFrom('GET', 'POST'),
    endpoint: fc.constantFrom('/a', '/b'),
    status: fc.constantFrom(200, 404, 429, 502),
    outcome: fc.constantFrom('VALID', 'RATE_LIMITED', 'KEY_REVOKED', 'CLIENT_CLOSED', 'UPSTREAM_ERROR', 'MADE_UP'),
    durationUs: fc.integer({ min: 0, max: 10_000_000 }),
    trial: fc.constantFrom(null, 'RATE_LIMITED', 'MADE_UP'),
  })
  .map(({ minute, ...given }) => ({ ...usage(1, '2026-11-20T00:00:00Z'), at: Date.UTC(2026, 10, 20, 0, minute), ...given }) as UsageRecord);

/** As slow and plain as it can be said: every record looked at for every sum. */
function sumPlainly(keys: Rollup['keys'], records: readonly UsageRecord[]) {
  const groups = Map.groupBy(records, (each) => JSON.stringify(keys.map((key) => keyOf(key, each))));
  return [...groups.values()].map((group) => {
    const count = (test: (each: UsageRecord) => boolean) => group.filter(test).length;
    const uses = group.filter(({ outcome }) => outcome !== 'KEY_REVOKED').map(({ at }) => at);
    return {
      key: keys.map((key) => keyOf(key, group[0] as UsageRecord)),
      requests: group.length,
      ok: count(({ status }) => status < 400),
      rate_limited: count(({ status }) => status === 429),
      sum_us: group.reduce((sum, { durationUs }) => sum + durationUs, 0),
      denied_revoked: count(({ outcome }) => outcome === 'KEY_REVOKED'),
      denied_other: count(({ outcome }) => String(outcome) === 'MADE_UP'),
      trial_rate: count(({ trial }) => trial === 'RATE_LIMITED'),
      counted: group.length,
      lastAt: Math.max(...group.map(({ at }) => at)),
      uses: uses.length === 0 ? [0, 0] : [Math.min(...uses), Math.max(...uses)],
    };
  });
}

function keyOf(key: Rollup['keys'][number], each: UsageRecord) {
  const start = (ms: number) => each.at - (each.at % ms);
  return {
    token_id: each.tokenId,
    secret_id: each.secretId ?? 0,
    hour: start(3_600_000),
    day: start(86_400_000),
    method: each.method,
    endpoint: each.endpoint,
  }[key];
}

function view(rollup: Rollup, row: UsageSums) {
  const sum = (column: string) => row.sums[SUM_COLUMNS.indexOf(column)] ?? 0;
  const named = ['requests', 'ok', 'rate_limited', 'sum_us', 'denied_revoked', 'denied_other', 'trial_rate'].map((name) => [
    name,
    sum(name),
  ]);
  const key = keyReaders(rollup).map((read) => read(row));
  const counted = row.latency.reduce((all, one) => all + one, 0);
  return { key, ...Object.fromEntries(named), counted, lastAt: row.lastAt, uses: [row.firstUseAt, row.lastUseAt] };
}

const inOrder = (rows: { key: unknown }[]) => rows.toSorted((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));

test('sums of cells, and sums of finer sums, are those of the records one by one', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      const { add, cells } = createUsageCells();
      for (const each of records) {
        const clean = cleanRecord(each, 0);
        if (clean !== null) add(clean);
      }
      const tokenHours = aggregateUsage(TOKEN_HOUR, cells);
      const made: [Rollup, UsageSums[]][] = [
        [TOKEN_DAY_ENDPOINT, aggregateUsage(TOKEN_DAY_ENDPOINT, cells)],
        [TOKEN_HOUR, tokenHours],
        [TOKEN_DAY, aggregateUsage(TOKEN_DAY, tokenHours)],
        [SECRET_HOUR, aggregateUsage(SECRET_HOUR, cells)],
        [HOUR, aggregateUsage(HOUR, tokenHours)],
        [HOUR_ENDPOINT, aggregateUsage(HOUR_ENDPOINT, cells)],
        [DAY_ENDPOINT, aggregateUsage(DAY_ENDPOINT, aggregateUsage(HOUR_ENDPOINT, cells))],
      ];
      for (const [rollup, rows] of made) {
        expect(inOrder(rows.map((row) => view(rollup, row))), rollup.table).toEqual(inOrder(sumPlainly(rollup.keys, records)));
      }
    }),
    { numRuns: 150 },
  );
});

test('rows come sorted by their keys, numbers by value', () => {
  const { add, cells } = createUsageCells();
  for (const [tokenId, endpoint] of [
    [10, '/b'],
    [9, '/z'],
    [10, '/a'],
    [100, '/a'],
  ] as const) {
    const clean = cleanRecord(usage(tokenId, '2026-11-20T10:00:00Z', { endpoint }), 0);
    if (clean !== null) add(clean);
  }
  expect(aggregateUsage(TOKEN_DAY_ENDPOINT, cells).map(({ keys }) => [keys.tokenId, keys.endpoint])).toEqual([
    [9, '/z'],
    [10, '/a'],
    [10, '/b'],
    [100, '/a'],
  ]);
});
