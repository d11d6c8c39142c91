import type { SqlStatement } from '../sql-executor.ts';
import { type KeyValue, keyReaders } from './aggregate-usage.ts';
import { bigintArray, dateArray, instantArray, integerArray, latencyArray, textArray } from './binary-array.ts';
import { type Rollup, type RollupKey, sumColumns } from './rollup.ts';
import type { UsageSums } from './usage-cell.ts';

const KEY_TYPES: Record<RollupKey, string> = {
  token_id: 'integer',
  secret_id: 'integer',
  hour: 'timestamptz',
  day: 'date',
  endpoint: 'text',
  method: 'text',
};

/** Adds the rows to the table, in their order. */
export function upsertRollup(rollup: Rollup, rows: readonly UsageSums[]): SqlStatement[] {
  if (rows.length === 0) return [];
  const values = [
    ...keyReaders(rollup).map((read, at) => keyParameter(rollup.keys[at], rows.map(read))),
    ...sumParameters(rollup, rows),
    ...(rollup.latency ? [latencyArray(rows.map(({ latency }) => latency))] : []),
    ...(rollup.lastAt ? [instantArray(rows.map(({ lastAt }) => lastAt))] : []),
  ];
  return [{ text: upsertSql(rollup), values }];
}

/**
 * Each parameter is one column of all rows, unnested side by side in the select list: `from unnest(…)` would keep each of them as a table
 * of its own first.
 */
function upsertSql(rollup: Rollup): string {
  const sums = [...sumColumns(rollup).map((column) => [column, 'bigint']), ...(rollup.latency ? [['latency', 'numeric']] : [])];
  const lastAt = rollup.lastAt ? [['last_at', 'timestamptz']] : [];
  const columns = [...rollup.keys.map((column) => [column, KEY_TYPES[column]]), ...sums, ...lastAt];
  return `insert into ${rollup.table} as t (${columns.map(([column]) => column).join(', ')})
    select ${columns.map(([, type], at) => `unnest($${at + 1}::${type}[])`).join(', ')}
    on conflict (${rollup.keys.join(', ')}) do update set ${[
      ...sums.map(([column]) => `${column} = t.${column} + excluded.${column}`),
      ...lastAt.map(([column]) => `${column} = greatest(t.${column}, excluded.${column})`),
    ].join(', ')}`;
}

/** Rows lie far apart in memory, so each is looked at once. */
function sumParameters(rollup: Rollup, rows: readonly UsageSums[]): Buffer[] {
  const columns = sumColumns(rollup).map((): number[] => []);
  for (const { sums } of rows) {
    for (let at = 0; at < columns.length; at += 1) columns[at]?.push(sums[at] ?? 0);
  }
  return columns.map(bigintArray);
}

function keyParameter(column: RollupKey | undefined, values: readonly KeyValue[]): Buffer {
  if (column === 'token_id' || column === 'secret_id') return integerArray(values.map(Number));
  if (column === 'hour') return instantArray(values.map(Number));
  if (column === 'day') return dateArray(values.map(Number));
  return textArray(values.map(String));
}
