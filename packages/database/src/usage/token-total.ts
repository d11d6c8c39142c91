import type { SqlExecutor } from '../sql-executor.ts';
import { bigintArray, instantArray, integerArray } from './binary-array.ts';
import type { CleanRecord } from './clean-record.ts';

interface TokenTotal {
  requests: number;
  failed: number;
}

/**
 * Lifetime totals, which outlive the log's retention. `uses` are the records whose token was valid: only they are a first or last use.
 * Answers the tokens that were never used before.
 */
export async function writeTokenTotals(
  executor: SqlExecutor,
  records: readonly CleanRecord[],
  uses: readonly CleanRecord[],
): Promise<FirstUse[]> {
  await writeCounts(executor, records);
  return uses.length > 0 ? writeUseTimes(executor, uses) : [];
}

export interface FirstUse {
  readonly tokenId: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

async function writeCounts(executor: SqlExecutor, records: readonly CleanRecord[]): Promise<void> {
  const totals = new Map<number, TokenTotal>();
  for (const { tokenId, status } of records) {
    const total = totals.get(tokenId) ?? { requests: 0, failed: 0 };
    totals.set(tokenId, { requests: total.requests + 1, failed: total.failed + (status >= 400 ? 1 : 0) });
  }
  const rows = [...totals].sort(([a], [b]) => a - b);
  await executor.query(
    `insert into usage_token_total as t (token_id, requests, failed)
     select * from unnest($1::integer[], $2::bigint[], $3::bigint[])
     on conflict (token_id) do update set requests = t.requests + excluded.requests, failed = t.failed + excluded.failed`,
    [integerArray(rows.map(([id]) => id)), bigintArray(rows.map(([, t]) => t.requests)), bigintArray(rows.map(([, t]) => t.failed))],
  );
}

/** The rows are already locked by `writeCounts`. */
async function writeUseTimes(executor: SqlExecutor, uses: readonly CleanRecord[]): Promise<FirstUse[]> {
  const times = new Map<number, { first: number; last: number }>();
  for (const { tokenId, at } of uses) {
    const { first, last } = times.get(tokenId) ?? { first: at, last: at };
    times.set(tokenId, { first: Math.min(first, at), last: Math.max(last, at) });
  }
  const spans = [...times.values()];
  // `fresh` reads what the rows were before this statement.
  const fresh = await executor.query<{ id: number }>(
    `with fresh as (select token_id from usage_token_total where token_id = any($1::integer[]) and first_used_at is null),
     written as (
       update usage_token_total as t
       set first_used_at = least(t.first_used_at, u.first_at), last_used_at = greatest(t.last_used_at, u.last_at)
       from unnest($1::integer[], $2::timestamptz[], $3::timestamptz[]) as u (token_id, first_at, last_at)
       where t.token_id = u.token_id
     )
     select token_id as id from fresh order by 1`,
    [integerArray([...times.keys()]), instantArray(spans.map(({ first }) => first)), instantArray(spans.map(({ last }) => last))],
  );
  return fresh.map(({ id }) => ({ tokenId: id, at: times.get(id)?.first ?? 0 }));
}
