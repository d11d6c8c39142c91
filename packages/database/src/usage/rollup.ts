/** Columns that every rollup adds up, in the order of `UsageSums.sums`. `sum_us`: response times in microseconds. */
export const COUNT_COLUMNS = [
  'requests',
  'ok',
  'client_errors',
  'rate_limited',
  'server_errors',
  'sum_us',
  'request_bytes',
  'response_bytes',
] as const;

/** What became of the requests of a token's hour, by outcome; `VALID` has no column. */
export const OUTCOME_COLUMNS = [
  'denied_revoked',
  'denied_disabled',
  'denied_not_yet_valid',
  'denied_expired',
  'denied_environment',
  'denied_endpoint',
  'denied_scope',
  'denied_rate',
  'denied_quota',
  'denied_other',
  'upstream_failed',
  'client_closed',
] as const;

/** What the rules on trial would have refused in a token's hour, by kind. */
export const TRIAL_COLUMNS = ['trial_endpoint', 'trial_scope', 'trial_rate'] as const;

/** Everything that a rollup may add up, in the order of `UsageSums.sums`. */
export const SUM_COLUMNS: readonly string[] = [...COUNT_COLUMNS, ...OUTCOME_COLUMNS, ...TRIAL_COLUMNS];

export type RollupKey = 'token_id' | 'secret_id' | 'hour' | 'day' | 'endpoint' | 'method';

/** A table of sums per key. `hour` and `day` are UTC. */
export interface Rollup {
  readonly table: string;
  readonly keys: readonly RollupKey[];
  /** Has the columns of `OUTCOME_COLUMNS` and `TRIAL_COLUMNS`. */
  readonly outcomes: boolean;
  /** Has the column `latency` (latency-number.ts). */
  readonly latency: boolean;
  readonly lastAt: boolean;
}

export const TOKEN_HOUR: Rollup = { table: 'usage_token_hour', keys: ['token_id', 'hour'], outcomes: true, latency: true, lastAt: false };
export const TOKEN_DAY: Rollup = { table: 'usage_token_day', keys: ['token_id', 'day'], outcomes: false, latency: false, lastAt: false };
export const TOKEN_DAY_ENDPOINT: Rollup = {
  table: 'usage_token_day_endpoint',
  keys: ['token_id', 'day', 'endpoint', 'method'],
  outcomes: false,
  latency: true,
  lastAt: true,
};
/** Only of requests whose secret is known. */
export const SECRET_HOUR: Rollup = {
  table: 'usage_secret_hour',
  keys: ['token_id', 'secret_id', 'hour'],
  outcomes: false,
  latency: false,
  lastAt: false,
};
export const HOUR: Rollup = { table: 'usage_hour', keys: ['hour'], outcomes: false, latency: true, lastAt: false };
export const HOUR_ENDPOINT: Rollup = {
  table: 'usage_hour_endpoint',
  keys: ['hour', 'endpoint', 'method'],
  outcomes: false,
  latency: true,
  lastAt: true,
};
export const DAY_ENDPOINT: Rollup = {
  table: 'usage_day_endpoint',
  keys: ['day', 'endpoint', 'method'],
  outcomes: false,
  latency: true,
  lastAt: true,
};

/** Name of the advisory lock that orders the writers of rows that all tokens share (`HOUR`, `HOUR_ENDPOINT`, `DAY_ENDPOINT`). They would meet on the row of the running hour anyway. */
export const ACROSS_LOCK = 727_003;

export function sumColumns(rollup: Rollup): readonly string[] {
  return rollup.outcomes ? SUM_COLUMNS : COUNT_COLUMNS;
}
