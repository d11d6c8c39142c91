import type { SqlExecutor, SqlStatement } from '../sql-executor.ts';
import { bigintArray, instantArray, integerArray } from './binary-array.ts';
import type { UsageSums } from './usage-cell.ts';

/** Adds to the lifetime totals of tokens, which outlive the log's retention. One row per token, in the order of their ids. */
export function upsertTokenTotals(tokens: readonly UsageSums[]): SqlStatement {
  return {
    text: `insert into usage_token_total as t (token_id, requests, failed)
      select * from unnest($1::integer[], $2::bigint[], $3::bigint[])
      on conflict (token_id) do update set requests = t.requests + excluded.requests, failed = t.failed + excluded.failed`,
    values: [
      integerArray(tokens.map(({ keys }) => keys.tokenId)),
      bigintArray(tokens.map(({ sums: [requests = 0] }) => requests)),
      bigintArray(tokens.map(({ sums: [requests = 0, ok = 0] }) => requests - ok)),
    ],
  };
}

export interface FirstUse {
  readonly tokenId: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * When the tokens were used first and last: only requests whose token was good are a use. The rows are already locked by
 * `upsertTokenTotals`. Answers the tokens that were never used before.
 */
export async function writeUseTimes(executor: SqlExecutor, tokens: readonly UsageSums[]): Promise<FirstUse[]> {
  const used = tokens.filter(({ firstUseAt }) => firstUseAt > 0);
  if (used.length === 0) return [];
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
    [
      integerArray(used.map(({ keys }) => keys.tokenId)),
      instantArray(used.map(({ firstUseAt }) => firstUseAt)),
      instantArray(used.map(({ lastUseAt }) => lastUseAt)),
    ],
  );
  const firstUses = new Map(used.map(({ keys, firstUseAt }) => [keys.tokenId, firstUseAt]));
  return fresh.map(({ id }) => ({ tokenId: id, at: firstUses.get(id) ?? 0 }));
}

/** In two steps, because an update follows no order of its own and could meet another one half-way. */
export function updateLastUsed(tokens: readonly UsageSums[]): SqlStatement[] {
  const used = tokens.filter(({ lastUseAt }) => lastUseAt > 0);
  if (used.length === 0) return [];
  const ids = integerArray(used.map(({ keys }) => keys.tokenId));
  return [
    { text: 'select from api_tokens where id = any($1::integer[]) order by id for no key update', values: [ids] },
    {
      text: `update api_tokens as t set last_used_at = u.at
        from unnest($1::integer[], $2::timestamptz[]) as u (id, at)
        where t.id = u.id and (t.last_used_at is null or t.last_used_at < u.at)`,
      values: [ids, instantArray(used.map(({ lastUseAt }) => lastUseAt))],
    },
  ];
}
