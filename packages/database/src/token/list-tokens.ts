import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters, type SqlParameters } from '../sql-parameters.ts';
import { matchTokens } from './match-tokens.ts';
import { STATUS, selectTokens, WEEK_BY_TOKEN, windowsAt } from './select-tokens.ts';
import type { TokenPage, TokenQuery, TokenSort, TokenStatus } from './token-store.ts';

const STATUSES: readonly TokenStatus[] = ['active', 'disabled', 'expired', 'revoked'];

/** What a sort compares: a column of the token, or the sum of the requests that these rows of a rollup count. */
const SORTS: Record<TokenSort, { key: string } | { counts: string }> = {
  id: { key: 't.id' },
  name: { key: 'lower(t.name)' },
  status: { key: STATUS },
  rate_limit: { key: 't.rate_limit_max' },
  expires_at: { key: 't.expires_at' },
  last_used_at: { key: 't.last_used_at' },
  created_at: { key: 't.created_at' },
  requests_24h: { counts: 'select token_id, requests from usage_token_hour where hour >= $3::timestamptz' },
  requests_7d: { counts: WEEK_BY_TOKEN },
  total_requests: { counts: 'select token_id, requests from usage_token_total' },
};

/** A page of tokens, and how many tokens of each status match the search, whatever statuses are asked for. */
export async function listTokens(sql: SqlExecutor, query: TokenQuery, now: number): Promise<TokenPage> {
  const statuses = query.status?.length ? query.status : STATUSES;
  const windows = windowsAt(now);
  const parameters = createParameters(...windows.values);
  const page = pageOf(query, statuses, parameters);
  const counts = await countStatuses(sql, query, now);
  const tokens = await selectTokens(sql, windows, page, parameters);
  const total = [...new Set(statuses)].reduce((sum, status) => sum + counts[status], 0);
  return { tokens, total, counts };
}

function pageOf(query: TokenQuery, statuses: readonly TokenStatus[], parameters: SqlParameters): string {
  const sort = SORTS[query.sort];
  const direction = query.order === 'asc' ? 'asc' : 'desc';
  const found = foundTokens(query, statuses, parameters);
  const page = `limit ${parameters.bind(query.limit)} offset ${parameters.bind(query.offset)}`;
  if ('counts' in sort) return pageByCounts(found, sort.counts, direction, page);
  const order = `order by ${sort.key} ${direction} nulls last, t.id ${direction}`;
  return `select t.*, row_number() over (${order}) as position ${found} ${order} ${page}`;
}

/** `from … where …`, with no condition on the status where any will do. */
function foundTokens(query: TokenQuery, statuses: readonly TokenStatus[], parameters: SqlParameters): string {
  const match = matchTokens(query, parameters);
  const all = STATUSES.every((status) => statuses.includes(status));
  return `from api_tokens t where ${match}${all ? '' : ` and ${STATUS} = any(${parameters.bind(statuses)}::text[])`}`;
}

/**
 * Nobody can foresee how many tokens a search finds, and a join that expects few goes through all sums for each. So the tokens found
 * are added to the counts as rows of their own, and one grouping sees each row once.
 */
function pageByCounts(found: string, counts: string, direction: string, page: string): string {
  const order = `order by requests ${direction}, token_id ${direction}`;
  return `select t.*, page.position from (
      select token_id, row_number() over (${order}) as position from (
        select token_id, sum(requests) as requests from (
          select t.id as token_id, 0 as requests, true as found ${found}
          union all select token_id, requests, false from (${counts}) c
        ) rows group by token_id having bool_or(found)
      ) sums ${order} ${page}
    ) page join api_tokens t on t.id = page.token_id`;
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
