import { UNKNOWN_STATUS, type UsageVia } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import { formatCursor, parseCursor } from './request-cursor.ts';
import type { RequestQuery, RequestRow } from './usage-reader.ts';
import { isoInstant } from './usage-row.ts';

export interface LogRow {
  id: string;
  token_id: number;
  token_name: string;
  at_us: string;
  method: string;
  endpoint: string;
  path: string;
  status_code: number;
  via: UsageVia | null;
  duration_us: number;
  request_bytes: number;
  response_bytes: number;
  ip: string | null;
  user_agent: string | null;
  outcome: string;
  request_id: string;
}

const STATUS = {
  '2xx': 'u.status_code < 400',
  '4xx': 'u.status_code between 400 and 499 and u.status_code <> 429',
  '429': 'u.status_code = 429',
  '5xx': 'u.status_code >= 500',
};

/** Rows of the log, newest first, a page at a time. */
export async function readRequests(
  executor: SqlExecutor,
  query: RequestQuery,
): Promise<{ requests: RequestRow[]; nextCursor: string | null }> {
  const { sql, values } = requestsSql(query);
  const rows = await executor.query<LogRow>(sql, values);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    requests: page.map(toRequest),
    nextCursor: last && rows.length > query.limit ? formatCursor({ atUs: last.at_us, id: last.id }) : null,
  };
}

/** One row more than the page: whether there is a next one. */
function requestsSql(query: RequestQuery): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [`u.at >= ${parameter(isoInstant(query.from))}`, `u.at < ${parameter(isoInstant(query.to))}`];
  if (query.tokenId !== undefined) conditions.push(`u.token_id = ${parameter(query.tokenId)}`);
  if (query.status && query.status.length > 0) conditions.push(`(${query.status.map((one) => STATUS[one]).join(' or ')})`);
  if (query.method !== undefined) conditions.push(`u.method = ${parameter(query.method)}`);
  if (query.endpoint !== undefined) conditions.push(`u.endpoint = ${parameter(query.endpoint)}`);
  if (query.outcome !== undefined) conditions.push(`u.outcome = ${parameter(query.outcome)}`);
  if (query.cursor !== undefined) conditions.push(beforeCursor(query.cursor, parameter));
  return {
    sql: `${SELECT_REQUEST} where ${conditions.join(' and ')} order by u.at desc, u.id desc limit ${parameter(query.limit + 1)}`,
    values,
  };
}

/** The time by itself as well: partitions are not chosen by the comparison of a pair. */
function beforeCursor(cursor: string, parameter: (value: unknown) => string): string {
  const { atUs, id } = parseCursor(cursor);
  const at = `(timestamptz 'epoch' + ${parameter(atUs)}::bigint * interval '1 microsecond')`;
  return `u.at <= ${at} and (u.at, u.id) < (${at}, ${parameter(id)}::bigint)`;
}

/** One row of the log, with the name of its token. */
export const SELECT_REQUEST = `
  select u.id::text as id, u.token_id, coalesce(t.name, '') as token_name, (extract(epoch from u.at) * 1000000)::bigint::text as at_us,
    u.method, u.endpoint, u.path, u.status_code, u.via, u.duration_us::float8 as duration_us, u.request_bytes::float8 as request_bytes,
    u.response_bytes::float8 as response_bytes, host(u.ip) as ip, u.user_agent, u.outcome, u.request_id
  from api_token_usage u left join api_tokens t on t.id = u.token_id`;

export function toRequest(row: LogRow): RequestRow {
  return {
    id: row.id,
    tokenId: row.token_id,
    tokenName: row.token_name,
    at: isoInstant(Math.floor(Number(row.at_us) / 1000)),
    method: row.method,
    endpoint: row.endpoint,
    path: row.path,
    status: row.status_code === UNKNOWN_STATUS ? null : row.status_code,
    via: row.via,
    responseTimeMs: row.duration_us / 1000,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    ipAddress: row.ip,
    userAgent: row.user_agent,
    outcome: row.outcome,
    requestId: row.request_id,
  };
}
