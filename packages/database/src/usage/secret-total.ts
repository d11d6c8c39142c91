import type { SqlStatement } from '../sql-executor.ts';
import { bigintArray, instantArray, integerArray, textArray } from './binary-array.ts';
import type { UsageSums } from './usage-cell.ts';

/** How much each secret was used, and by whom last. One row per secret, in the order of their ids, so that nobody waits in a circle. */
export function upsertSecretTotals(secrets: readonly UsageSums[]): SqlStatement[] {
  if (secrets.length === 0) return [];
  const values = [
    integerArray(secrets.map(({ keys }) => keys.secretId ?? 0)),
    integerArray(secrets.map(({ keys }) => keys.tokenId)),
    bigintArray(secrets.map(({ sums: [requests = 0] }) => requests)),
    bigintArray(secrets.map(({ sums: [requests = 0, ok = 0] }) => requests - ok)),
    // The epoch stands for none.
    instantArray(secrets.map(({ lastUseAt }) => lastUseAt)),
    instantArray(secrets.map(({ lastAt }) => lastAt)),
    textArray(secrets.map(({ lastIp }) => lastIp ?? '')),
    textArray(secrets.map(({ lastUserAgent }) => lastUserAgent ?? '')),
  ];
  return [{ text: UPSERT, values }];
}

const UPSERT = `
  insert into usage_secret_total as t (secret_id, token_id, requests, failed, last_used_at, last_seen_at, last_ip, last_user_agent)
  select secret_id, token_id, requests, failed, nullif(last_used_at, timestamptz 'epoch'), last_seen_at,
    nullif(last_ip, '')::inet, nullif(last_user_agent, '')
  from unnest($1::integer[], $2::integer[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[])
    as u (secret_id, token_id, requests, failed, last_used_at, last_seen_at, last_ip, last_user_agent)
  on conflict (secret_id) do update set
    requests = t.requests + excluded.requests, failed = t.failed + excluded.failed,
    last_used_at = greatest(t.last_used_at, excluded.last_used_at), last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at),
    last_ip = case when excluded.last_seen_at >= t.last_seen_at then excluded.last_ip else t.last_ip end,
    last_user_agent = case when excluded.last_seen_at >= t.last_seen_at then excluded.last_user_agent else t.last_user_agent end`;
