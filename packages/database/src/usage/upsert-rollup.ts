import type { SqlStatement } from '../sql-executor.ts';
import type { RollupRow } from './aggregate-usage.ts';
import { bigintArray, dateArray, instantArray, integerArray, textArray } from './binary-array.ts';
import { LATENCY_COLUMNS, type Rollup, type RollupKey, sumColumns } from './rollup.ts';

const KEY_TYPES: Record<RollupKey, string> = {
  token_id: 'integer',
  secret_id: 'integer',
  hour: 'timestamptz',
  day: 'date',
  endpoint: 'text',
  method: 'text',
};

/** Adds the rows to the table, in their order. */
export function upsertRollup(rollup: Rollup, rows: readonly RollupRow[]): SqlStatement[] {
  if (rows.length === 0) return [];
  const values = [
    ...rollup.keys.map((column, at) => keyParameter(column, rows, at)),
    ...sumColumns(rollup).map((_, at) => bigintArray(rows.map(({ sums }) => sums.sums[at] ?? 0))),
    ...(rollup.latency ? [textArray(rows.map(({ sums }) => histogramLiteral(sums.latency)))] : []),
    ...(rollup.lastAt ? [instantArray(rows.map(({ sums }) => sums.last.at))] : []),
  ];
  return [{ text: upsertSql(rollup), values }];
}

/**
 * Each parameter is one column of all rows, unnested side by side in the select list: `from unnest(…)` would keep each of them as a table
 * of its own first. A histogram travels as one array literal per row. Its empty buckets become null: they take no room in the row.
 */
function upsertSql(rollup: Rollup): string {
  const sums = sumColumns(rollup);
  const latency = rollup.latency ? LATENCY_COLUMNS : [];
  const lastAt = rollup.lastAt ? ['last_at'] : [];
  const types = [
    ...rollup.keys.map((column) => KEY_TYPES[column]),
    ...sums.map(() => 'bigint'),
    ...(rollup.latency ? ['text'] : []),
    ...lastAt.map(() => 'timestamptz'),
  ];
  const columns = [...rollup.keys, ...sums, ...(rollup.latency ? ['histogram'] : []), ...lastAt];
  const plain = [...rollup.keys, ...sums, ...lastAt];
  return `insert into ${rollup.table} as t (${[...plain, ...latency].join(', ')})
    select ${[...plain, ...latency.map((_, bucket) => `nullif(counts[${bucket + 1}], 0)`)].join(', ')}
    from (
      select *${rollup.latency ? ', histogram::integer[] as counts' : ''}
      from (select ${columns.map((column, at) => `unnest($${at + 1}::${types[at]}[]) as ${column}`).join(', ')}) as u offset 0
    ) as batch
    on conflict (${rollup.keys.join(', ')}) do update set ${[
      ...sums.map((column) => `${column} = t.${column} + excluded.${column}`),
      ...lastAt.map((column) => `${column} = greatest(t.${column}, excluded.${column})`),
      ...latency.map((column) => `${column} = coalesce(t.${column} + excluded.${column}, t.${column}, excluded.${column})`),
    ].join(', ')}`;
}

function keyParameter(column: RollupKey, rows: readonly RollupRow[], at: number): Buffer {
  const values = rows.map((row) => row.key[at] ?? '');
  if (column === 'token_id' || column === 'secret_id') return integerArray(values.map(Number));
  if (column === 'hour') return instantArray(values.map(Number));
  if (column === 'day') return dateArray(values.map(Number));
  return textArray(values.map(String));
}

/** From its first bucket with a count on: what lies outside an array's bounds is null, too. */
function histogramLiteral(counts: readonly number[]): string {
  const first = counts.findIndex((count) => count > 0);
  return `[${first + 1}:${counts.length}]={${counts.slice(first).join(',')}}`;
}
