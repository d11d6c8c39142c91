import { APPLIED_CHANNEL, ATTENDANCE_CHANNEL, FENCE_CHANNEL } from './gateway-news.ts';

/** How long a process counts as there after it was last seen: it writes every second. */
export const SEEN_SECONDS = 5;

// All instants are the database's, so that nobody's clock matters.
const IS_SEEN = `g.seen_at > clock_timestamp() - interval '${SEEN_SECONDS} seconds'`;
// Whoever can not reach the database any more serves from its cache for as long as it trusts it, and no longer.
const MAY_SERVE = `g.seen_at > clock_timestamp() - interval '${SEEN_SECONDS} seconds' - g.max_stale_ms * interval '1 millisecond'`;

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Another process that may serve. */
export interface OtherRow {
  id: string;
  name: string;
  host: string;
  seenAt: string;
  /** Within `SEEN_SECONDS`. */
  isSeen: boolean;
  threads: number;
}

const OTHER = `g.id, g.name, g.host, ${instant('g.seen_at')} as "seenAt", ${IS_SEEN} as "isSeen", g.threads`;

/** Parameters: id, name, host, pid, version, threads, limiter mode, milliseconds of trust, whether it hears, newest version applied. */
export const BEAT = `
  with gone as (
    delete from gateway where id in (
      select g.id from gateway g where g.id <> $1::uuid and not ${IS_SEEN}
        and (g.name = $2 and g.host = $3 or g.seen_at < clock_timestamp() - interval '1 hour' and not ${MAY_SERVE})
      for update skip locked)
    returning id
  ), beat as (
    insert into gateway as g (id, name, host, pid, version, threads, limiter_mode, max_stale_ms, hears, applied_version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (id) do update set limiter_mode = excluded.limiter_mode, hears = excluded.hears, seen_at = clock_timestamp(),
      applied_version = greatest(g.applied_version, excluded.applied_version)
  )
  select ${OTHER} from gateway g where g.id <> $1::uuid and ${MAY_SERVE} and g.id not in (select id from gone)`;

/** Parameters: id of the process that asks. One row for each of the others that may serve, or one without. */
export const RAISE_FENCE = `
  with drawn as materialized (select nextval('api_token_version') as version),
  told as materialized (
    select version, pg_notify('${FENCE_CHANNEL}', json_build_object('version', version, 'from', $1::text)::text) from drawn
  )
  select told.version, ${OTHER} from told left join gateway g on g.id <> $1::uuid and ${MAY_SERVE}`;

/** Parameters: id, newest version applied. */
export const ACKNOWLEDGE = `
  with noted as (
    update gateway set applied_version = greatest(applied_version, $2::bigint), seen_at = clock_timestamp() where id = $1::uuid
  )
  select pg_notify('${APPLIED_CHANNEL}', json_build_object('gateway', $1::text, 'version', $2::bigint)::text)`;

export const READ_APPLIED = 'select id, applied_version as version from gateway';

export const LIST = `
  select g.id, g.name, g.host, g.pid, g.version, g.threads, g.limiter_mode as "limiterMode",
    case when g.hears and ${IS_SEEN} then 'live' else 'silent' end as state, ${instant('g.started_at')} as "startedAt",
    ${instant('g.seen_at')} as "seenAt", g.applied_version as "appliedVersion", (g.max_stale_ms / 1000)::float8 as "maxStaleSeconds"
  from gateway g order by g.name, g.started_at, g.id`;

const TELL = `select pg_notify('${ATTENDANCE_CHANNEL}', $1::text)`;

/** Parameters: id. After the first beat. */
export const TELL_OF_COMING = TELL;

/** Parameters: id. */
export const LEAVE = `with gone as (delete from gateway where id = $1::uuid) ${TELL}`;
