import { LATENCY_BUCKETS } from '@latchkey/core';
import fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { bigintArray, dateArray, instantArray, integerArray, latencyArray, textArray } from './binary-array.ts';
import { latencyWithout, parseLatency } from './latency-number.ts';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What PostgreSQL reads out of the parameter, element by element. */
async function elements(parameter: Buffer, type: string, select: string): Promise<unknown[]> {
  const { rows } = await pool.query({
    text: `select ${select} from unnest($1::${type}[]) with ordinality as u (value, n) order by n`,
    values: [parameter],
    rowMode: 'array',
  });
  return rows.map(([value]) => value);
}

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const day = fc.integer({ min: Date.UTC(1970, 0, 1) / DAY_MS, max: Date.UTC(2100, 0, 1) / DAY_MS }).map((number) => number * DAY_MS);
const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) });
const text = fc.string({ unit: 'binary', maxLength: 300 }).map((each) => each.replaceAll('\0', ''));

test.each([
  { type: 'integer', encode: integerArray, arbitrary: integer, select: 'value' },
  { type: 'bigint', encode: bigintArray, arbitrary: fc.maxSafeInteger(), select: 'value::float8' },
  { type: 'date', encode: dateArray, arbitrary: day, select: '(extract(epoch from value) * 1000)::float8' },
  { type: 'timestamptz', encode: instantArray, arbitrary: instant, select: '(extract(epoch from value) * 1000)::float8' },
])('an array of $type arrives as it was', async ({ type, encode, arbitrary, select }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitrary), async (values) => {
      expect(await elements(encode(values), type, select)).toEqual(values);
    }),
    { numRuns: 40 },
  );
});

test('an array of texts arrives as it was, and asks for no more room than it needs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text), async (values) => {
      const parameter = textArray(values);
      expect(parameter).toHaveLength(20 + values.reduce((bytes, value) => bytes + 4 + Buffer.byteLength(value), 0));
      expect(await elements(parameter, 'text', 'value')).toEqual(values);
    }),
    { numRuns: 40 },
  );
  expect(await elements(textArray(['', '{"a",b}', 'NULL', '\\', '😀 é']), 'text', 'value')).toEqual(['', '{"a",b}', 'NULL', '\\', '😀 é']);
});

describe('a latency histogram', () => {
  const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 10 ** 11 }));
  const histogram = fc.array(count, { minLength: 1, maxLength: LATENCY_BUCKETS });
  /** Without the empty buckets behind the last one. */
  const trimmed = (counts: readonly number[]) => counts.slice(0, counts.findLastIndex((each) => each > 0) + 1);
  const parse = (text: unknown) => trimmed(parseLatency(String(text)));

  test('arrives as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(histogram), async (values) => {
        expect((await elements(latencyArray(values), 'numeric', 'value::text')).map(parse)).toEqual(values.map(trimmed));
      }),
      { numRuns: 40 },
    );
  });

  test('is added to another one, bucket by bucket, and taken off, no bucket below zero', async () => {
    const sql = `select (a + b)::text as sum, (${latencyWithout('a', 'b')})::text as rest
      from (select unnest($1::numeric[]) as a, unnest($2::numeric[]) as b) as pair`;
    await fc.assert(
      fc.asyncProperty(histogram, histogram, async (a, b) => {
        const { rows } = await pool.query<{ sum: string; rest: string }>(sql, [latencyArray([a]), latencyArray([b])]);
        const eachOf = (join: (one: number, other: number) => number) =>
          trimmed(Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => join(a[bucket] ?? 0, b[bucket] ?? 0)));
        expect(parse(rows[0]?.sum)).toEqual(eachOf((one, other) => one + other));
        expect(parse(rows[0]?.rest)).toEqual(eachOf((one, other) => Math.max(0, one - other)));
      }),
      { numRuns: 40 },
    );
  });
});
