import { defineEntity, p } from '@mikro-orm/core';
import { COUNT_COLUMNS, OUTCOME_COLUMNS, TRIAL_COLUMNS } from './rollup.ts';

// Nothing is read or written through these entities – that is plain SQL – but the schema check compares them with the tables, so the
// migrations and the lists in rollup.ts can not drift apart. Properties are called like their columns.

const instant = () => p.datetime().columnType('timestamptz');
const day = () => p.date();
const bigint = () => p.bigint('number');
const latency = () => p.string().columnType('numeric').default('0');
/** Of keys of rollups: compared byte by byte. */
const keyText = (length: number) => p.string().length(length).collation('C');

/** Partitioned by day in the migration: told about the partitions, the unit of work would want to rebuild the table for each. */
const UsageLog = defineEntity({
  name: 'UsageLog',
  tableName: 'api_token_usage',
  checks: [
    {
      name: 'api_token_usage_status_code_check',
      expression: '(status_code >= 100 and status_code <= 999) or (status_code = 0 and via is not null)',
    },
    { name: 'api_token_usage_via_check', expression: "via in ('forward_auth')" },
    { name: 'api_token_usage_sizes_check', expression: 'duration_us >= 0 and request_bytes >= 0 and response_bytes >= 0' },
    { name: 'api_token_usage_cost_check', expression: 'cost >= 0' },
  ],
  indexes: [
    {
      name: 'api_token_usage_token_id_at_index',
      expression: 'create index api_token_usage_token_id_at_index on api_token_usage (token_id, at desc, id desc)',
    },
    {
      name: 'api_token_usage_trial_index',
      expression: 'create index api_token_usage_trial_index on api_token_usage (token_id, at desc) where trial is not null',
    },
    {
      name: 'api_token_usage_request_id_index',
      expression:
        'create index api_token_usage_request_id_index on api_token_usage using brin (request_id text_bloom_ops) with (autosummarize = on)',
    },
    {
      name: 'api_token_usage_failed_index',
      expression: 'create index api_token_usage_failed_index on api_token_usage (token_id, at desc, id desc) where status_code >= 400',
    },
  ],
  properties: {
    at: instant().primary(),
    id: bigint().primary().autoincrement(),
    token_id: p.integer(),
    method: p.string().length(16),
    endpoint: p.string().length(255),
    path: p.text(),
    status_code: p.smallint(),
    duration_us: bigint(),
    request_bytes: bigint(),
    response_bytes: bigint(),
    ip: p.string().columnType('inet').nullable(),
    user_agent: p.text().nullable(),
    outcome: p.string().length(64),
    request_id: p.string().length(128),
    secret_id: p.integer().nullable(),
    cost: p.integer().default(1),
    trial: p.string().length(64).nullable(),
    via: p.string().length(16).nullable(),
  },
});

const TokenHour = defineEntity({
  name: 'UsageTokenHour',
  tableName: 'usage_token_hour',
  checks: countChecks('usage_token_hour'),
  indexes: [{ name: 'usage_token_hour_hour_index', properties: ['hour'] }],
  properties: {
    token_id: p.integer().primary(),
    hour: instant().primary(),
    ...counts(() => p.integer()),
    ...columns([...OUTCOME_COLUMNS, ...TRIAL_COLUMNS], () => p.integer().default(0)),
    latency: latency(),
  },
});

const SecretHour = defineEntity({
  name: 'UsageSecretHour',
  tableName: 'usage_secret_hour',
  checks: countChecks('usage_secret_hour'),
  indexes: [{ name: 'usage_secret_hour_hour_index', properties: ['hour'] }],
  properties: {
    token_id: p.integer().primary(),
    secret_id: p.integer().primary(),
    hour: instant().primary(),
    ...counts(() => p.integer()),
  },
});

const SecretTotal = defineEntity({
  name: 'UsageSecretTotal',
  tableName: 'usage_secret_total',
  checks: [{ name: 'usage_secret_total_counts_check', expression: 'requests > 0 and failed >= 0 and failed <= requests' }],
  indexes: [{ name: 'usage_secret_total_token_id_index', properties: ['token_id'] }],
  properties: {
    secret_id: p.integer().primary().autoincrement(false),
    token_id: p.integer(),
    requests: bigint(),
    failed: bigint(),
    last_used_at: instant().nullable(),
    last_seen_at: instant(),
    last_ip: p.string().columnType('inet').nullable(),
    last_user_agent: p.text().nullable(),
  },
});

const TokenDay = defineEntity({
  name: 'UsageTokenDay',
  tableName: 'usage_token_day',
  checks: countChecks('usage_token_day'),
  indexes: [{ name: 'usage_token_day_day_index', properties: ['day'] }],
  properties: { token_id: p.integer().primary(), day: day().primary(), ...counts(() => p.integer()) },
});

const TokenDayEndpoint = defineEntity({
  name: 'UsageTokenDayEndpoint',
  tableName: 'usage_token_day_endpoint',
  checks: countChecks('usage_token_day_endpoint'),
  indexes: [
    {
      name: 'usage_token_day_endpoint_day_index',
      expression: 'create index usage_token_day_endpoint_day_index on usage_token_day_endpoint using brin (day)',
    },
  ],
  properties: {
    token_id: p.integer().primary(),
    day: day().primary(),
    endpoint: keyText(255).primary(),
    method: keyText(16).primary(),
    ...counts(() => p.integer()),
    last_at: instant(),
    latency: latency(),
  },
});

const Hour = defineEntity({
  name: 'UsageHour',
  tableName: 'usage_hour',
  checks: countChecks('usage_hour'),
  properties: { hour: instant().primary(), ...counts(bigint), latency: latency() },
});

const HourEndpoint = defineEntity({
  name: 'UsageHourEndpoint',
  tableName: 'usage_hour_endpoint',
  checks: countChecks('usage_hour_endpoint'),
  properties: {
    hour: instant().primary(),
    endpoint: keyText(255).primary(),
    method: keyText(16).primary(),
    ...counts(bigint),
    last_at: instant(),
    latency: latency(),
  },
});

const DayEndpoint = defineEntity({
  name: 'UsageDayEndpoint',
  tableName: 'usage_day_endpoint',
  checks: countChecks('usage_day_endpoint'),
  properties: {
    day: day().primary(),
    endpoint: keyText(255).primary(),
    method: keyText(16).primary(),
    ...counts(bigint),
    last_at: instant(),
    latency: latency(),
  },
});

const TokenTotal = defineEntity({
  name: 'UsageTokenTotal',
  tableName: 'usage_token_total',
  checks: [{ name: 'usage_token_total_counts_check', expression: 'requests > 0 and failed >= 0 and failed <= requests' }],
  properties: {
    token_id: p.integer().primary().autoincrement(false),
    requests: bigint(),
    failed: bigint(),
    first_used_at: instant().nullable(),
    last_used_at: instant().nullable(),
  },
});

const UnknownTokenAttempts = defineEntity({
  name: 'UnknownTokenAttempts',
  tableName: 'unknown_token_attempts',
  checks: [
    { name: 'unknown_token_attempts_reason_check', expression: `reason in ('malformed', 'unknown')` },
    { name: 'unknown_token_attempts_counts_check', expression: 'attempts > 0 and first_at <= last_at' },
  ],
  indexes: [{ name: 'unknown_token_attempts_last_at_index', properties: ['last_at'] }],
  uniques: [
    {
      name: 'unknown_token_attempts_key',
      properties: ['fingerprint', 'ip', 'reason'],
      expression:
        'alter table unknown_token_attempts add constraint unknown_token_attempts_key unique nulls not distinct (fingerprint, ip, reason)',
    },
  ],
  properties: {
    id: bigint().primary().generated('by default as identity'),
    fingerprint: p.string().length(64),
    ip: p.string().columnType('inet').nullable(),
    reason: p.string().length(16),
    attempts: bigint(),
    first_at: instant(),
    last_at: instant(),
  },
});

const SpoolPosition = defineEntity({
  name: 'UsageSpoolPosition',
  tableName: 'usage_spool_position',
  checks: [{ name: 'usage_spool_position_check', expression: 'segment >= 0 and "offset" >= 0' }],
  properties: { spool_id: p.string().length(128).primary(), segment: bigint(), offset: bigint(), updated_at: instant() },
});

const GatewayHour = defineEntity({
  name: 'UsageGatewayHour',
  tableName: 'usage_gateway_hour',
  checks: [{ name: 'usage_gateway_hour_check', expression: 'stored >= 0 and unwanted >= 0 and missing >= 0 and dropped >= 0' }],
  properties: {
    hour: instant().primary(),
    gateway: p.string().length(255).primary(),
    stored: bigint(),
    unwanted: bigint(),
    missing: bigint(),
    dropped: bigint(),
  },
});

/** For the schema check. */
export const usageEntities = [
  UsageLog,
  TokenHour,
  SecretHour,
  SecretTotal,
  TokenDay,
  TokenDayEndpoint,
  Hour,
  HourEndpoint,
  DayEndpoint,
  TokenTotal,
  UnknownTokenAttempts,
  SpoolPosition,
  GatewayHour,
];

/** Requests by class of their status as `count`, sums of sizes and times always as bigint. */
function counts<Column>(count: () => Column) {
  return { ...columns(COUNT_COLUMNS.slice(0, 5), count), ...columns(COUNT_COLUMNS.slice(5), bigint) };
}

function columns<Column>(names: readonly string[], column: () => Column): Record<string, Column> {
  return Object.fromEntries(names.map((name) => [name, column()]));
}

function countChecks(table: string) {
  return [
    {
      name: `${table}_counts_check`,
      expression:
        'ok >= 0 and client_errors >= 0 and rate_limited >= 0 and server_errors >= 0 and requests = ok + client_errors + rate_limited + server_errors',
    },
    { name: `${table}_sums_check`, expression: 'sum_us >= 0 and request_bytes >= 0 and response_bytes >= 0' },
  ];
}
