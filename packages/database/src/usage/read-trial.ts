import type { SqlExecutor } from '../sql-executor.ts';
import { OUTCOME_COLUMNS } from './rollup.ts';
import type { TrialReport } from './usage-reader.ts';
import { isoInstant } from './usage-row.ts';
import { HOUR_MS } from './usage-span.ts';

interface SumsRow {
  requests: number;
  endpoint: number;
  scope: number;
  rate: number;
  hours: number;
}

interface EndpointRow {
  endpoint: string;
  method: string;
  code: string;
  denied: number;
  last_ms: number;
}

/** How many of the newest would-be refusals are looked at for the endpoints they fell on. */
const MOST_LOG_ROWS = 100_000;

/**
 * The hour in which the trial began is read from the log, because a rollup of it also holds what an earlier trial said; the hours after it
 * from their rollups.
 */
export async function readTrial(executor: SqlExecutor, tokenId: number, since: number, now: number): Promise<TrialReport> {
  const whole = isoInstant(Math.ceil(since / HOUR_MS) * HOUR_MS);
  const until = isoInstant(Math.max(now, since) + HOUR_MS);
  const [first] = await executor.query<SumsRow>(FIRST_HOUR, [tokenId, isoInstant(since), whole]);
  const [later] = await executor.query<SumsRow>(LATER_HOURS, [tokenId, whole, until]);
  const endpoints = await executor.query<EndpointRow>(ENDPOINTS, [tokenId, isoInstant(since), until, MOST_LOG_ROWS]);
  const sum = (member: keyof SumsRow) => (first?.[member] ?? 0) + (later?.[member] ?? 0);
  const kinds = { endpoint: sum('endpoint'), scope: sum('scope'), rate: sum('rate') };
  return {
    requests: sum('requests'),
    denied: { ...kinds, total: kinds.endpoint + kinds.scope + kinds.rate },
    hoursDenied: sum('hours'),
    endpoints: endpoints.map(({ last_ms, ...row }) => ({ ...row, lastAt: isoInstant(last_ms) })),
  };
}

const FIRST_HOUR = `
  select count(*) filter (where outcome in ('VALID', 'CLIENT_CLOSED', 'UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT'))::float8 as requests,
    count(*) filter (where trial = 'ENDPOINT_NOT_ALLOWED')::float8 as endpoint,
    count(*) filter (where trial = 'INSUFFICIENT_SCOPE')::float8 as scope,
    count(*) filter (where trial = 'RATE_LIMITED')::float8 as rate,
    least(count(trial), 1)::float8 as hours
  from api_token_usage where token_id = $1 and at >= $2::timestamptz and at < $3::timestamptz`;

const REFUSALS = OUTCOME_COLUMNS.filter((column) => column.startsWith('denied_'));

const LATER_HOURS = `
  select coalesce(sum(requests - ${REFUSALS.join(' - ')}), 0)::float8 as requests,
    coalesce(sum(trial_endpoint), 0)::float8 as endpoint, coalesce(sum(trial_scope), 0)::float8 as scope,
    coalesce(sum(trial_rate), 0)::float8 as rate,
    count(*) filter (where trial_endpoint + trial_scope + trial_rate > 0)::float8 as hours
  from usage_token_hour where token_id = $1 and hour >= $2::timestamptz and hour < $3::timestamptz`;

const ENDPOINTS = `
  select endpoint, method, trial as code, count(*)::float8 as denied, (extract(epoch from max(at)) * 1000)::float8 as last_ms
  from (
    select endpoint, method, trial, at from api_token_usage
    where token_id = $1 and at >= $2::timestamptz and at < $3::timestamptz and trial is not null
    order by at desc limit $4
  ) as newest
  group by 1, 2, 3 order by denied desc, endpoint, method limit 20`;
