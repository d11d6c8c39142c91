import type { SqlExecutor } from '../sql-executor.ts';
import { readEndpoints } from './read-endpoints.ts';
import { readRequests } from './read-requests.ts';
import { countActiveTokens } from './read-summary.ts';
import { readTopTokens } from './read-tokens.ts';
import type { EndpointStats, EndpointUsage, OverviewReport, TokenReport } from './usage-reader.ts';
import { type CountsRow, isoInstant, SUM_COUNTS, wholeAverageMs } from './usage-row.ts';
import { DAY_MS, lastDays, type Span } from './usage-span.ts';

const RECENT_REQUESTS = 100;
const MOST_ENDPOINTS = 500;
const TOP = 10;

/** Contract §3, one token. */
export async function readTokenReport(executor: SqlExecutor, tokenId: number, days: number, now: number): Promise<TokenReport> {
  const hours = lastDays(days, now);
  return {
    hourlyUsage: await readHourlyUsage(executor, tokenId, hours),
    endpointUsage: (await readEndpoints(executor, { tokenId, hours, limit: MOST_ENDPOINTS }, now)).map(toEndpointUsage),
    recentRequests: await readRecentRequests(executor, tokenId, hours),
  };
}

/** Contract §3, across tokens. Its totals are the sums of the same hours that the series draws. */
export async function readOverviewReport(executor: SqlExecutor, days: number, now: number): Promise<OverviewReport> {
  const hours = lastDays(days, now);
  const [totals] = await executor.query<CountsRow>(`select ${SUM_COUNTS} from usage_hour where hour >= $1 and hour < $2`, instants(hours));
  if (!totals) throw new Error('A sum without groups is always one row.');
  const topTokens = await readTopTokens(executor, { tokenId: undefined, hours, limit: TOP }, now);
  const topEndpoints = await readEndpoints(executor, { tokenId: undefined, hours, limit: TOP }, now);
  return {
    overview: {
      activeTokens: await countActiveTokens(executor, now),
      totalRequests: totals.requests,
      avgResponseTime: wholeAverageMs(totals),
      successfulRequests: totals.ok,
      failedRequests: totals.requests - totals.ok,
    },
    topTokens: topTokens.map(({ id, name, requests, avg }) => ({ id, name, requests, avgResponseTime: Math.round(avg ?? 0) })),
    topEndpoints: topEndpoints.map(toEndpointUsage),
  };
}

async function readHourlyUsage(executor: SqlExecutor, tokenId: number, hours: Span): Promise<TokenReport['hourlyUsage']> {
  const rows = await executor.query<{ at_ms: number; requests: number; ok: number; sum_us: number }>(
    `select (extract(epoch from hour) * 1000)::float8 as at_ms, requests, ok, sum_us::float8 as sum_us
     from usage_token_hour where token_id = $1 and hour >= $2 and hour < $3 order by hour`,
    [tokenId, ...instants(hours)],
  );
  return rows.map((row) => ({
    hour: isoInstant(row.at_ms),
    requests: row.requests,
    avgResponseTime: wholeAverageMs(row),
    successfulRequests: row.ok,
    failedRequests: row.requests - row.ok,
  }));
}

/** A day beyond the running hour: the clock of another gateway may be ahead. */
async function readRecentRequests(executor: SqlExecutor, tokenId: number, hours: Span): Promise<TokenReport['recentRequests']> {
  const { requests } = await readRequests(executor, { tokenId, from: hours.from, to: hours.to + DAY_MS, limit: RECENT_REQUESTS });
  return requests.map((request) => ({
    endpoint: request.endpoint,
    method: request.method,
    statusCode: request.status,
    responseTimeMs: Math.round(request.responseTimeMs),
    ipAddress: request.ipAddress,
    createdAt: request.at,
  }));
}

function toEndpointUsage({ endpoint, method, requests, avg }: EndpointStats): EndpointUsage {
  return { endpoint, method, requests, avgResponseTime: Math.round(avg ?? 0) };
}

function instants(hours: Span): [string, string] {
  return [isoInstant(hours.from), isoInstant(hours.to)];
}
