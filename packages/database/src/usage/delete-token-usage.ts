import type { SqlExecutor } from '../sql-executor.ts';
import { latencyWithout } from './latency-number.ts';
import { ACROSS_LOCK, COUNT_COLUMNS, DAY_ENDPOINT, HOUR, HOUR_ENDPOINT, type Rollup } from './rollup.ts';

/** What deleted log rows add up to by hour, endpoint and method, as JSON: no rollup of one token has it. */
export type DeletedLog = string;

export const NO_LOG: DeletedLog = '[]';

/** With the token's id: two deletions of one token go one after the other, or they would wait for each other's log rows in a circle. */
const DELETION_LOCK = 727_006;

/**
 * Removes the log rows that a token has by now, and answers what `deleteTokenUsage` needs to know of them. Call it first, in the same
 * transaction and before the row of `api_tokens` is locked: it is what takes long, and ingest of all tokens waits for that row.
 */
export async function deleteTokenLog(executor: SqlExecutor, tokenId: number): Promise<DeletedLog> {
  await executor.query('select pg_advisory_xact_lock($1, $2)', [DELETION_LOCK, tokenId]);
  const [log] = await executor.query<{ rows: DeletedLog }>(DELETE_LOG, [tokenId]);
  return log?.rows ?? NO_LOG;
}

/**
 * Removes everything a token ever did: its log rows, its rollups, its totals, and its share of what is summed across tokens. Call it
 * in the transaction that deletes the token, after the row of `api_tokens` is deleted or locked (`for update`): ingest holds that row
 * while it writes, so nothing can come in afterwards.
 * @param already what `deleteTokenLog` answered.
 */
export async function deleteTokenUsage(executor: SqlExecutor, tokenId: number, already: DeletedLog = NO_LOG): Promise<void> {
  const rest = await deleteTokenLog(executor, tokenId);
  // Ingest of all tokens waits for this lock: what takes long was done before it.
  await executor.query('select pg_advisory_xact_lock($1)', [ACROSS_LOCK]);
  await executor.query(SUBTRACT_HOURS, [tokenId]);
  await executor.query(SUBTRACT_DAY_ENDPOINTS, [tokenId]);
  for (const log of [already, rest]) await executor.query(SUBTRACT_HOUR_ENDPOINTS, [log]);
  for (const statement of DELETIONS) await executor.query(statement, [tokenId]);
}

const CLASSES = COUNT_COLUMNS.slice(1, 5);
const SUMS = COUNT_COLUMNS.slice(5);

/** Takes `source` (with the same keys and columns) off the rollup. Never below zero: the endpoint cap is approximate. */
function subtract(rollup: Rollup, hasLatency: boolean, source: string): string {
  const left = (column: string) => `greatest(coalesce(t.${column}, 0) - coalesce(gone.${column}, 0), 0)`;
  return `update ${rollup.table} as t set
      requests = ${CLASSES.map(left).join(' + ')},
      ${[
        ...[...CLASSES, ...SUMS].map((column) => `${column} = ${left(column)}`),
        ...(hasLatency ? [`latency = ${latencyWithout('t.latency', 'gone.latency')}`] : []),
      ].join(', ')}
    from (${source}) as gone
    where ${rollup.keys.map((key) => `t.${key} = gone.${key}`).join(' and ')}`;
}

const DELETE_LOG = `
  with gone as (
    delete from api_token_usage where token_id = $1
    returning at, endpoint, method, status_code, duration_us, request_bytes, response_bytes
  )
  select coalesce(json_agg(hours), '[]')::text as rows from (
    select date_bin('1 hour', at, timestamptz '2000-01-01 00:00:00Z') as hour, endpoint, method,
      count(*) filter (where status_code < 400) as ok,
      count(*) filter (where status_code between 400 and 499 and status_code <> 429) as client_errors,
      count(*) filter (where status_code = 429) as rate_limited,
      count(*) filter (where status_code >= 500) as server_errors,
      sum(duration_us)::bigint as sum_us, sum(request_bytes)::bigint as request_bytes, sum(response_bytes)::bigint as response_bytes
    from gone group by 1, 2, 3
  ) as hours`;

const SUBTRACT_HOURS = subtract(HOUR, true, `select * from usage_token_hour where token_id = $1`);
const SUBTRACT_DAY_ENDPOINTS = subtract(DAY_ENDPOINT, true, `select * from usage_token_day_endpoint where token_id = $1`);
// The log does not know the histogram's buckets: percentiles of these few hours keep the share of the token.
const SUBTRACT_HOUR_ENDPOINTS = subtract(
  HOUR_ENDPOINT,
  false,
  `select * from json_to_recordset($1::json) as r (hour timestamptz, endpoint text, method text,
    ${[...CLASSES, ...SUMS].map((column) => `${column} bigint`).join(', ')})`,
);

const DELETIONS = [
  'delete from usage_hour where requests = 0 and hour in (select hour from usage_token_hour where token_id = $1)',
  'delete from usage_day_endpoint where requests = 0 and day in (select day from usage_token_day where token_id = $1)',
  'delete from usage_hour_endpoint where requests = 0 and hour in (select hour from usage_token_hour where token_id = $1)',
  ...[
    'usage_token_hour',
    'usage_token_day',
    'usage_token_day_endpoint',
    'usage_token_total',
    'usage_secret_hour',
    'usage_secret_total',
  ].map((table) => `delete from ${table} where token_id = $1`),
];
