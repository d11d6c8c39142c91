import type { Outcome } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import { bigintArray, instantArray, integerArray, textArray } from './binary-array.ts';
import type { CleanRecord } from './clean-record.ts';

interface SecretTotal {
  readonly tokenId: number;
  requests: number;
  failed: number;
  /** Epoch milliseconds; 0: not used in this batch. */
  lastUsedAt: number;
  last: CleanRecord;
}

/** How much each secret was used, and by whom last. Written in the order of the secrets' ids, so that nobody waits in a circle. */
export async function writeSecretTotals(
  executor: SqlExecutor,
  records: readonly CleanRecord[],
  isUse: (outcome: Outcome) => boolean,
): Promise<void> {
  if (records.length === 0) return;
  const rows = [...sumBySecret(records, isUse)].sort(([a], [b]) => a - b);
  const totals = rows.map(([, total]) => total);
  await executor.query(UPSERT, [
    integerArray(rows.map(([id]) => id)),
    integerArray(totals.map(({ tokenId }) => tokenId)),
    bigintArray(totals.map(({ requests }) => requests)),
    bigintArray(totals.map(({ failed }) => failed)),
    instantArray(totals.map(({ lastUsedAt }) => lastUsedAt)),
    instantArray(totals.map(({ last }) => last.at)),
    textArray(totals.map(({ last }) => last.ip ?? '')),
    textArray(totals.map(({ last }) => last.userAgent ?? '')),
  ]);
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

function sumBySecret(records: readonly CleanRecord[], isUse: (outcome: Outcome) => boolean): Map<number, SecretTotal> {
  const totals = new Map<number, SecretTotal>();
  for (const record of records) {
    if (record.secretId === null) continue;
    const total = totals.get(record.secretId) ?? { tokenId: record.tokenId, requests: 0, failed: 0, lastUsedAt: 0, last: record };
    total.requests += 1;
    total.failed += record.status >= 400 ? 1 : 0;
    if (isUse(record.outcome)) total.lastUsedAt = Math.max(total.lastUsedAt, record.at);
    if (record.at >= total.last.at) total.last = record;
    totals.set(record.secretId, total);
  }
  return totals;
}
