import { Migration } from '@mikro-orm/migrations';

/**
 * Histograms become one number instead of 64 columns, twelve decimal digits a bucket. The tables are made anew, because a column that is
 * dropped goes on being looked at for every row.
 */
export class Latency extends Migration {
  override up(): void {
    for (const table of tables) for (const statement of replace(table)) this.addSql(statement);
  }
}

interface Table {
  readonly name: string;
  /** Column and type; the first ones are the key. */
  readonly keys: readonly (readonly [string, string])[];
  readonly count: 'integer' | 'bigint';
  /** After the sums. */
  readonly others: readonly (readonly [string, string])[];
  readonly index?: string;
}

const [HOUR, DAY] = [
  ['hour', 'timestamptz not null'],
  ['day', 'date not null'],
] as const;
const TOKEN = ['token_id', 'integer not null'] as const;
const ENDPOINT = [
  ['endpoint', 'varchar(255) collate "C" not null'],
  ['method', 'varchar(16) collate "C" not null'],
] as const;
const LAST_AT = ['last_at', 'timestamptz not null'] as const;
const OUTCOMES = [
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
  'trial_endpoint',
  'trial_scope',
  'trial_rate',
].map((name) => [name, 'integer not null default 0'] as const);

const tables: readonly Table[] = [
  {
    name: 'usage_token_hour',
    keys: [TOKEN, HOUR],
    count: 'integer',
    others: OUTCOMES,
    index: 'create index usage_token_hour_hour_index on usage_token_hour (hour)',
  },
  {
    name: 'usage_token_day_endpoint',
    keys: [TOKEN, DAY, ...ENDPOINT],
    count: 'integer',
    others: [LAST_AT],
    index: 'create index usage_token_day_endpoint_day_index on usage_token_day_endpoint using brin (day)',
  },
  { name: 'usage_hour', keys: [HOUR], count: 'bigint', others: [] },
  { name: 'usage_hour_endpoint', keys: [HOUR, ...ENDPOINT], count: 'bigint', others: [LAST_AT] },
  { name: 'usage_day_endpoint', keys: [DAY, ...ENDPOINT], count: 'bigint', others: [LAST_AT] },
];

function replace({ name, keys, count, others, index }: Table): string[] {
  const before = `${name}_before`;
  const columns = [...keys, ...sums(count), ...others];
  const key = keys.map(([column]) => column).join(', ');
  const kept = columns.map(([column]) => column).join(', ');
  return [
    `alter table ${name} rename to ${before}`,
    `alter table ${before} rename constraint ${name}_pkey to ${before}_pkey`,
    ...(index === undefined ? [] : [`drop index ${index.split(' ')[2]}`]),
    `create table ${name} (
      ${columns.map(([column, type]) => `${column} ${type}`).join(',\n')},
      latency numeric not null default 0,
      constraint ${name}_pkey primary key (${key}),
      constraint ${name}_counts_check check (
        ok >= 0 and client_errors >= 0 and rate_limited >= 0 and server_errors >= 0 and requests = ok + client_errors + rate_limited + server_errors),
      constraint ${name}_sums_check check (sum_us >= 0 and request_bytes >= 0 and response_bytes >= 0)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)`,
    `insert into ${name} (${kept}, latency) select ${kept}, ${LATENCY} from ${before} order by ${key}`,
    ...(index === undefined ? [] : [index]),
    `drop table ${before}`,
  ];
}

function sums(count: 'integer' | 'bigint') {
  const counts = ['requests', 'ok', 'client_errors', 'rate_limited', 'server_errors'].map((name) => [name, `${count} not null`] as const);
  return [...counts, ...['sum_us', 'request_bytes', 'response_bytes'].map((name) => [name, 'bigint not null'] as const)];
}

const LATENCY = Array.from({ length: 64 }, (_, bucket) => `coalesce(l${bucket} * 1e${12 * bucket}, 0)`).join(' + ');
