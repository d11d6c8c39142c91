import { Migration } from '@mikro-orm/migrations';

/**
 * The usage log, partitioned by day, and the rollups that every chart and count is read from.
 * Frozen: a later change of the histogram or of the columns is a migration of its own.
 */
export class Usage extends Migration {
  override up(): void {
    for (const statement of [...log(), ...tokenRollups(), ...acrossRollups(), ...bookkeeping()]) this.addSql(statement);
  }
}

/** No foreign key: it would be checked for every copied row. The default partition takes what no daily partition is there for. */
function log(): string[] {
  return [
    'create sequence api_token_usage_id_seq',
    `create table api_token_usage (
      id bigint not null default nextval('api_token_usage_id_seq'),
      token_id integer not null,
      at timestamptz not null,
      method varchar(16) not null,
      endpoint varchar(255) not null,
      path text not null,
      status_code smallint not null,
      duration_us bigint not null,
      request_bytes bigint not null,
      response_bytes bigint not null,
      ip inet null,
      user_agent text null,
      outcome varchar(64) not null,
      request_id varchar(128) not null,
      constraint api_token_usage_pkey primary key (at, id),
      constraint api_token_usage_status_code_check check (status_code >= 100 and status_code <= 999),
      constraint api_token_usage_sizes_check check (duration_us >= 0 and request_bytes >= 0 and response_bytes >= 0)
    ) partition by range (at)`,
    'alter sequence api_token_usage_id_seq owned by api_token_usage.id',
    'create index api_token_usage_token_id_at_index on api_token_usage (token_id, at desc, id desc)',
    // Whoever looks for a token's failures would read all that went well between them; few rows enter this index.
    'create index api_token_usage_failed_index on api_token_usage (token_id, at desc, id desc) where status_code >= 400',
    'create table api_token_usage_default partition of api_token_usage default',
  ];
}

// `collate "C"` on the texts of keys: cheaper to compare, and an index that no upgrade of the operating system's collations breaks.
// Rows of the running hour and day are rewritten all the time: room on the page keeps those updates off the indexes.
const HOT = 'with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)';

function tokenRollups(): string[] {
  return [
    `create table usage_token_hour (
      token_id integer not null,
      hour timestamptz not null,
      ${counts('usage_token_hour', 'integer')},
      ${DENIALS.map((column) => `${column} integer not null default 0`).join(',\n')},
      ${histogram('integer')},
      constraint usage_token_hour_pkey primary key (token_id, hour)
    ) ${HOT}`,
    'create index usage_token_hour_hour_index on usage_token_hour (hour)',
    `create table usage_token_day (
      token_id integer not null,
      day date not null,
      ${counts('usage_token_day', 'integer')},
      constraint usage_token_day_pkey primary key (token_id, day)
    ) ${HOT}`,
    'create index usage_token_day_day_index on usage_token_day (day)',
    `create table usage_token_day_endpoint (
      token_id integer not null,
      day date not null,
      endpoint varchar(255) collate "C" not null,
      method varchar(16) collate "C" not null,
      ${counts('usage_token_day_endpoint', 'integer')},
      last_at timestamptz not null,
      ${histogram('integer')},
      constraint usage_token_day_endpoint_pkey primary key (token_id, day, endpoint, method)
    ) ${HOT}`,
    'create index usage_token_day_endpoint_day_index on usage_token_day_endpoint using brin (day)',
  ];
}

function acrossRollups(): string[] {
  return [
    `create table usage_hour (
      hour timestamptz not null,
      ${counts('usage_hour', 'bigint')},
      ${histogram('bigint')},
      constraint usage_hour_pkey primary key (hour)
    ) ${HOT}`,
    `create table usage_hour_endpoint (
      hour timestamptz not null,
      endpoint varchar(255) collate "C" not null,
      method varchar(16) collate "C" not null,
      ${counts('usage_hour_endpoint', 'bigint')},
      last_at timestamptz not null,
      ${histogram('bigint')},
      constraint usage_hour_endpoint_pkey primary key (hour, endpoint, method)
    ) ${HOT}`,
    `create table usage_day_endpoint (
      day date not null,
      endpoint varchar(255) collate "C" not null,
      method varchar(16) collate "C" not null,
      ${counts('usage_day_endpoint', 'bigint')},
      last_at timestamptz not null,
      ${histogram('bigint')},
      constraint usage_day_endpoint_pkey primary key (day, endpoint, method)
    ) ${HOT}`,
  ];
}

function bookkeeping(): string[] {
  return [
    `create table usage_token_total (
      token_id integer not null,
      requests bigint not null,
      failed bigint not null,
      first_used_at timestamptz null,
      last_used_at timestamptz null,
      constraint usage_token_total_pkey primary key (token_id),
      constraint usage_token_total_counts_check check (requests > 0 and failed >= 0 and failed <= requests)
    ) ${HOT}`,
    `create table unknown_token_attempts (
      id bigint generated by default as identity,
      fingerprint varchar(64) not null,
      ip inet null,
      reason varchar(16) not null,
      attempts bigint not null,
      first_at timestamptz not null,
      last_at timestamptz not null,
      constraint unknown_token_attempts_pkey primary key (id),
      constraint unknown_token_attempts_key unique nulls not distinct (fingerprint, ip, reason),
      constraint unknown_token_attempts_reason_check check (reason in ('malformed', 'unknown')),
      constraint unknown_token_attempts_counts_check check (attempts > 0 and first_at <= last_at)
    ) ${HOT}`,
    'create index unknown_token_attempts_last_at_index on unknown_token_attempts (last_at)',
    `create table usage_spool_position (
      spool_id varchar(128) not null,
      segment bigint not null,
      "offset" bigint not null,
      updated_at timestamptz not null,
      constraint usage_spool_position_pkey primary key (spool_id),
      constraint usage_spool_position_check check (segment >= 0 and "offset" >= 0)
    ) with (fillfactor = 50)`,
  ];
}

const DENIALS = [
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
];

/** `sum_us` is the sum of the response times in microseconds. */
function counts(table: string, type: 'integer' | 'bigint'): string {
  const classes = ['requests', 'ok', 'client_errors', 'rate_limited', 'server_errors'].map((column) => `${column} ${type} not null`);
  const sums = ['sum_us', 'request_bytes', 'response_bytes'].map((column) => `${column} bigint not null`);
  return [
    ...classes,
    ...sums,
    `constraint ${table}_counts_check check (
      ok >= 0 and client_errors >= 0 and rate_limited >= 0 and server_errors >= 0 and requests = ok + client_errors + rate_limited + server_errors)`,
    `constraint ${table}_sums_check check (sum_us >= 0 and request_bytes >= 0 and response_bytes >= 0)`,
  ].join(',\n');
}

/** One column per latency bucket: they are added up without a function call, and an empty bucket (null) takes no room. */
function histogram(type: 'integer' | 'bigint'): string {
  return Array.from({ length: 64 }, (_, bucket) => `l${bucket} ${type} null`).join(',\n');
}
