import type { SqlExecutor } from '../sql-executor.ts';
import { HEALTH_THRESHOLDS } from '../token/token-health.ts';
import type { AttentionItem } from './usage-reader.ts';
import { isoInstant } from './usage-row.ts';
import { DAY_MS, HOUR_MS } from './usage-span.ts';

const MOST_ITEMS = 50;

interface AttentionRow {
  id: number;
  name: string;
  reason: AttentionItem['reason'];
  /** What the detail quotes: requests and refusals or failures of the last hour; else epoch milliseconds. */
  figure: number;
  requests: number;
}

/**
 * Usable tokens that want a look, most pressing first, each for its first reason; the thresholds are those of a token's health, and
 * "the last hour" is the running one and the one before it. A token that was never used is left alone for its first day.
 */
export async function readAttention(executor: SqlExecutor, now: number): Promise<AttentionItem[]> {
  const rows = await executor.query<AttentionRow>(ATTENTION, [
    isoInstant(now),
    isoInstant(Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS),
    isoInstant(now + HEALTH_THRESHOLDS.expiresSoonMs),
    isoInstant(now - HEALTH_THRESHOLDS.idleMs),
    isoInstant(now - DAY_MS),
  ]);
  return rows.map((row) => ({ tokenId: row.id, name: row.name, reason: row.reason, detail: detailOf(row, now) }));
}

const ATTENTION = `
  with usable as (
    select id, name, expires_at, last_used_at, created_at from api_tokens
    where active and revoked_at is null and (expires_at is null or expires_at > $1::timestamptz)
  ),
  lately as (
    select token_id as id, sum(requests)::float8 as requests, sum(rate_limited)::float8 as rate_limited,
      sum(client_errors + server_errors)::float8 as errors
    from usage_token_hour where hour >= $2::timestamptz group by 1
  ),
  found as (
    select 1 as rank, id, name, 'rate_limited' as reason, rate_limited as figure, requests, -rate_limited as urgency
    from usable join lately using (id) where rate_limited > 0 and rate_limited >= requests * ${HEALTH_THRESHOLDS.rateLimitedShare}
    union all
    select 2, id, name, 'failing', errors, requests, -errors
    from usable join lately using (id) where requests >= ${HEALTH_THRESHOLDS.failingMinimum} and errors >= requests * ${HEALTH_THRESHOLDS.failingShare}
    union all
    select 3, id, name, 'expires_soon', ${epochMs('expires_at')}, 0, ${epochMs('expires_at')} from usable where expires_at <= $3::timestamptz
    union all
    select 4, id, name, 'idle', ${epochMs('last_used_at')}, 0, ${epochMs('last_used_at')} from usable where last_used_at <= $4::timestamptz
    union all
    select 5, id, name, 'never_used', ${epochMs('created_at')}, 0, ${epochMs('created_at')}
    from usable where last_used_at is null and created_at < $5::timestamptz
  )
  select id, name, reason, figure, requests
  from (select distinct on (id) * from found order by id, rank) as first_reasons
  order by rank, urgency, id limit ${MOST_ITEMS}`;

function epochMs(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}

function detailOf(row: AttentionRow, now: number): string {
  switch (row.reason) {
    case 'failing':
      return `${share(row)} of its requests failed in the last hour (${row.figure} of ${row.requests}).`;
    case 'rate_limited':
      return `${share(row)} of its requests were over the rate limit in the last hour (${row.figure} of ${row.requests}).`;
    case 'expires_soon':
      return `Expires ${inTime(row.figure - now)}, on ${isoInstant(row.figure).slice(0, 16).replace('T', ' at ')} UTC.`;
    case 'idle':
      return `Not used for ${wholeDays(now - row.figure)} days.`;
    case 'never_used':
      return `Never used since it was created ${wholeDays(now - row.figure) === 1 ? 'a day' : `${wholeDays(now - row.figure)} days`} ago.`;
  }
}

function share(row: AttentionRow): string {
  return `${Math.round((row.figure / row.requests) * 100)} %`;
}

function inTime(ms: number): string {
  if (ms < 2 * HOUR_MS) return `in ${Math.max(1, Math.round(ms / 60_000))} minutes`;
  return ms < 2 * DAY_MS ? `in ${Math.floor(ms / HOUR_MS)} hours` : `in ${wholeDays(ms)} days`;
}

function wholeDays(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
