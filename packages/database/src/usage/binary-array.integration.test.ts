import fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { bigintArray, dateArray, instantArray, integerArray, textArray } from './binary-array.ts';

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
