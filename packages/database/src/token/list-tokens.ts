import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters, type SqlParameters } from '../sql-parameters.ts';
import { matchTokens } from './match-tokens.ts';
import { STATUS, selectTokens, WEEK_BY_TOKEN, windowsAt } from './select-tokens.ts';
import type { TokenPage, TokenQuery, TokenSort, TokenStatus } from './token-store.ts';

const STATUSES: readonly TokenStatus[] = ['active', 'disabled', 'expired', 'revoked'];

/** What a sort compares, and what has to be joined for it. */
const SORTS: Record<TokenSort, { key: string; join?: string }> = {
  id: { key: 't.id' },
  name: { key: 'lower(t.name)' },
  status: { key: STATUS },
  rate_limit: { key: 't.rate_limit_max' },
  expires_at: { key: 't.expires_at' },
  last_used_at: { key: 't.last_used_at' },
  created_at: { key: 't.created_at' },
  requests_24h: {
    key: 'coalesce(s.requests, 0)',
    join: summed('select token_id, requests from usage_token_hour where hour >= $3::timestamptz'),
  },
  requests_7d: { key: 'coalesce(s.requests, 0)', join: summed(WEEK_BY_TOKEN) },
  total_requests: { key: 'coalesce(s.requests, 0)', join: 'left join usage_token_total s on s.token_id = t.id' },
};

function summed(counts: string): string {
  return `left join (select token_id, sum(requests) as requests from (${counts}) c group by token_id) s on s.token_id = t.id`;
}

/** A page of tokens, and how many tokens of each status match the search, whatever statuses are asked for. */
export async function listTokens(sql: SqlExecutor, query: TokenQuery, now: number): Promise<TokenPage> {
  const statuses = query.status?.length ? query.status : STATUSES;
  const windows = windowsAt(now);
  const parameters = createParameters(...windows.values);
  const page = pageOf(query, statuses, parameters);
  const [counts, tokens] = await Promise.all([countStatuses(sql, query, now), selectTokens(sql, windows, page, parameters)]);
  const total = [...new Set(statuses)].reduce((sum, status) => sum + counts[status], 0);
  return { tokens, total, counts };
}

function pageOf(query: TokenQuery, statuses: readonly TokenStatus[], parameters: SqlParameters): string {
  const { key, join = '' } = SORTS[query.sort];
  const direction = query.order === 'asc' ? 'asc' : 'desc';
  const order = `order by ${key} ${direction} nulls last, t.id ${direction}`;
  return `select t.*, row_number() over (${order}) as position from api_tokens t ${join}
    where ${matchTokens(query, parameters)} and ${STATUS} = any(${parameters.bind(statuses)}::text[])
    ${order} limit ${parameters.bind(query.limit)} offset ${parameters.bind(query.offset)}`;
}

async function countStatuses(sql: SqlExecutor, query: TokenQuery, now: number): Promise<TokenPage['counts']> {
  const parameters = createParameters(new Date(now));
  const rows = await sql.query<{ status: TokenStatus; count: number }>(
    `select ${STATUS} as status, count(*)::int as count from api_tokens t where ${matchTokens(query, parameters)} group by 1`,
    parameters.values,
  );
  const counts = { all: 0, active: 0, disabled: 0, expired: 0, revoked: 0 };
  for (const { status, count } of rows) {
    counts[status] = count;
    counts.all += count;
  }
  return counts;
}
