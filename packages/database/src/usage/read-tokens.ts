import type { SqlExecutor } from '../sql-executor.ts';
import type { ThrottledToken, TokenStats } from './usage-reader.ts';
import { averageMs, type CountsRow, isoInstant, outcomeCounts } from './usage-row.ts';
import { type Span, splitDays } from './usage-span.ts';

interface TokenQuery {
  tokenId: number | undefined;
  hours: Span;
  limit: number;
}

interface TokenRow extends CountsRow {
  id: number;
  name: string;
}

/** Tokens by requests, most first; those without any are left out. */
export async function readTopTokens(executor: SqlExecutor, query: TokenQuery, now: number): Promise<TokenStats[]> {
  const rows = await executor.query<TokenRow>(
    `${SUMS} select t.id, t.name, sums.* from (
       select * from sums order by requests desc, token_id limit $8
     ) as sums join api_tokens t on t.id = sums.token_id order by sums.requests desc, t.id`,
    parameters(query, now),
  );
  return rows.map((row) => ({ id: row.id, name: row.name, ...outcomeCounts(row), avg: averageMs(row) }));
}

/** Tokens that were refused for their limit, most refusals first. */
export async function readThrottled(executor: SqlExecutor, query: TokenQuery, now: number): Promise<ThrottledToken[]> {
  const rows = await executor.query<TokenRow & { rate_limit: number | null; window_ms: number }>(
    `${SUMS} select t.id, t.name, t.rate_limit_max as rate_limit, t.rate_limit_window_ms::float8 as window_ms, sums.* from (
       select * from sums where rate_limited > 0 order by rate_limited desc, token_id limit $8
     ) as sums join api_tokens t on t.id = sums.token_id order by sums.rate_limited desc, t.id`,
    parameters(query, now),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    rateLimit: row.rate_limit,
    rateLimitWindowMs: row.window_ms,
    requests: row.requests,
    rateLimited: row.rate_limited,
  }));
}

const COLUMNS = ['requests', 'ok', 'client_errors', 'rate_limited', 'server_errors', 'sum_us', 'request_bytes', 'response_bytes'];
const ONE_TOKEN = '($7::integer is null or token_id = $7)';

/** Whole days from the rollup by day, the hours before and after them from the one by hour. */
const SUMS = `with sums as (
  select token_id, ${COLUMNS.map((column) => `sum(${column})::float8 as ${column}`).join(', ')}
  from (
    select token_id, ${COLUMNS.join(', ')} from usage_token_day where day >= $1::date and day < $2::date and ${ONE_TOKEN}
    union all
    select token_id, ${COLUMNS.join(', ')} from usage_token_hour where hour >= $3::timestamptz and hour < $4::timestamptz and ${ONE_TOKEN}
    union all
    select token_id, ${COLUMNS.join(', ')} from usage_token_hour where hour >= $5::timestamptz and hour < $6::timestamptz and ${ONE_TOKEN}
  ) as parts
  group by token_id
)`;

function parameters({ tokenId, hours, limit }: TokenQuery, now: number): unknown[] {
  const { days, edges } = splitDays(hours, now);
  const days10 = [days.from, days.to].map((at) => isoInstant(at).slice(0, 10));
  return [...days10, ...edges.flatMap(({ from, to }) => [isoInstant(from), isoInstant(to)]), tokenId ?? null, limit];
}
