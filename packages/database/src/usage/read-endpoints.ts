import { LATENCY_BUCKETS, latencyBucketOf, mergeLatencyBuckets } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import { parseLatency } from './latency-number.ts';
import type { EndpointStats } from './usage-reader.ts';
import { averageMs, type CountsRow, isoInstant, outcomeCounts, percentileMs, SUM_COUNTS, SUM_LATENCY } from './usage-row.ts';
import { DAY_MS, type Span, splitDays } from './usage-span.ts';

/** Sums of one endpoint and method. */
interface EndpointRow extends CountsRow {
  endpoint: string;
  method: string;
  last_ms: number;
  histogram: readonly number[];
}

interface EndpointQuery {
  tokenId: number | undefined;
  hours: Span;
  limit: number;
}

/** How many log rows of one token may be read for the hours that a whole day does not cover: each lies on a page of its own. */
const MOST_LOG_ROWS = 1_000;

/**
 * Endpoints of a span of whole hours, most requests first. Whole days come from the rollups by day. For the hours before and after
 * them there is a rollup across tokens, and for one token the log; where the log does not reach back that far, or holds too many
 * rows to be read for a breakdown, the day is apportioned: its endpoints × the share of the hours in its requests.
 */
export async function readEndpoints(executor: SqlExecutor, query: EndpointQuery, now: number): Promise<EndpointStats[]> {
  const { days, edges } = splitDays(query.hours, now);
  const parts = [await readDays(executor, query.tokenId, days)];
  for (const edge of edges) parts.push(await readEdge(executor, query.tokenId, edge));
  return mergeRows(parts.flat())
    .sort((a, b) => b.requests - a.requests || compare(a.endpoint, b.endpoint) || compare(a.method, b.method))
    .slice(0, query.limit)
    .map(toStats);
}

const GROUP = `endpoint, method, ${SUM_COUNTS}, ${SUM_LATENCY}, (extract(epoch from max(last_at)) * 1000)::float8 as last_ms`;
type GroupRow = Omit<EndpointRow, 'histogram'> & { latency: string | null };

async function readDays(executor: SqlExecutor, tokenId: number | undefined, days: Span): Promise<EndpointRow[]> {
  if (days.from >= days.to) return [];
  const span = [isoDay(days.from), isoDay(days.to)];
  const rows =
    tokenId === undefined
      ? await executor.query<GroupRow>(`select ${GROUP} from usage_day_endpoint where day >= $1 and day < $2 group by 1, 2`, span)
      : await executor.query<GroupRow>(
          `select ${GROUP} from usage_token_day_endpoint where token_id = $3 and day >= $1 and day < $2 group by 1, 2`,
          [...span, tokenId],
        );
  return rows.map(withHistogram);
}

/** A part of one day. */
async function readEdge(executor: SqlExecutor, tokenId: number | undefined, edge: Span): Promise<EndpointRow[]> {
  const total = await countRequests(executor, tokenId, edge);
  if (total === 0) return [];
  const exact = tokenId === undefined ? await readHours(executor, edge) : await readLog(executor, tokenId, edge, total);
  if (sumRequests(exact) === total) return exact;
  const day = Math.floor(edge.from / DAY_MS) * DAY_MS;
  const rows = await readDays(executor, tokenId, { from: day, to: day + DAY_MS });
  return rows.map((row) => scaleRow(row, total / sumRequests(rows)));
}

async function countRequests(executor: SqlExecutor, tokenId: number | undefined, edge: Span): Promise<number> {
  if (edge.from >= edge.to) return 0;
  const span = [isoInstant(edge.from), isoInstant(edge.to)];
  const select = 'select coalesce(sum(requests), 0)::float8 as requests from';
  const [row] =
    tokenId === undefined
      ? await executor.query<{ requests: number }>(`${select} usage_hour where hour >= $1 and hour < $2`, span)
      : await executor.query<{ requests: number }>(`${select} usage_token_hour where hour >= $1 and hour < $2 and token_id = $3`, [
          ...span,
          tokenId,
        ]);
  return row?.requests ?? 0;
}

async function readHours(executor: SqlExecutor, edge: Span): Promise<EndpointRow[]> {
  const sql = `select ${GROUP} from usage_hour_endpoint where hour >= $1 and hour < $2 group by 1, 2`;
  return (await executor.query<GroupRow>(sql, [isoInstant(edge.from), isoInstant(edge.to)])).map(withHistogram);
}

async function readLog(executor: SqlExecutor, tokenId: number, edge: Span, total: number): Promise<EndpointRow[]> {
  if (total > MOST_LOG_ROWS) return [];
  const rows = await executor.query<LogGroupRow>(LOG_GROUPS, [tokenId, isoInstant(edge.from), isoInstant(edge.to)]);
  return rows.map(({ durations, ...row }) => ({ ...row, histogram: histogramOf(durations.split(',').map(Number)) }));
}

type LogGroupRow = Omit<EndpointRow, 'histogram'> & { durations: string };

const LOG_GROUPS = `
  select endpoint, method, count(*)::float8 as requests,
    count(*) filter (where status_code < 400)::float8 as ok,
    count(*) filter (where status_code between 400 and 499 and status_code <> 429)::float8 as client_errors,
    count(*) filter (where status_code = 429)::float8 as rate_limited,
    count(*) filter (where status_code >= 500)::float8 as server_errors,
    sum(duration_us)::float8 as sum_us, sum(request_bytes)::float8 as request_bytes, sum(response_bytes)::float8 as response_bytes,
    (extract(epoch from max(at)) * 1000)::float8 as last_ms, string_agg(duration_us::text, ',') as durations
  from api_token_usage where token_id = $1 and at >= $2 and at < $3
  group by 1, 2`;

function histogramOf(durations: readonly number[]): number[] {
  const histogram = Array<number>(LATENCY_BUCKETS).fill(0);
  for (const duration of durations) {
    const bucket = latencyBucketOf(duration);
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  }
  return histogram;
}

function withHistogram({ latency, ...row }: GroupRow): EndpointRow {
  return { ...row, histogram: parseLatency(latency) };
}

function mergeRows(rows: readonly EndpointRow[]): EndpointRow[] {
  const merged = new Map<string, EndpointRow>();
  for (const row of rows) {
    const name = `${row.method} ${row.endpoint}`;
    const known = merged.get(name);
    merged.set(name, known ? addRows(known, row) : row);
  }
  return [...merged.values()];
}

function addRows(a: EndpointRow, b: EndpointRow): EndpointRow {
  return {
    ...a,
    requests: a.requests + b.requests,
    ok: a.ok + b.ok,
    client_errors: a.client_errors + b.client_errors,
    rate_limited: a.rate_limited + b.rate_limited,
    server_errors: a.server_errors + b.server_errors,
    sum_us: a.sum_us + b.sum_us,
    last_ms: Math.max(a.last_ms, b.last_ms),
    histogram: mergeLatencyBuckets(a.histogram, b.histogram),
  };
}

/** Its classes still add up to its requests. */
function scaleRow(row: EndpointRow, share: number): EndpointRow {
  const scale = (count: number) => Math.round(count * share);
  const [ok, client_errors, rate_limited, server_errors] = [row.ok, row.client_errors, row.rate_limited, row.server_errors].map(scale);
  const classes = { ok: ok ?? 0, client_errors: client_errors ?? 0, rate_limited: rate_limited ?? 0, server_errors: server_errors ?? 0 };
  const requests = classes.ok + classes.client_errors + classes.rate_limited + classes.server_errors;
  return { ...row, ...classes, requests, sum_us: row.requests === 0 ? 0 : (row.sum_us / row.requests) * requests };
}

function sumRequests(rows: readonly EndpointRow[]): number {
  return rows.reduce((sum, row) => sum + row.requests, 0);
}

function toStats(row: EndpointRow): EndpointStats {
  return {
    endpoint: row.endpoint,
    method: row.method,
    ...outcomeCounts(row),
    avg: averageMs(row),
    p95: percentileMs(row.histogram, 0.95),
    lastAt: isoInstant(row.last_ms),
  };
}

function isoDay(at: number): string {
  return isoInstant(at).slice(0, 10);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
