import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters, type SqlParameters } from '../sql-parameters.ts';
import type { StoredTrial } from './token-entity.ts';
import { assessHealth, type TokenSigns } from './token-health.ts';
import type { TokenListRow, TokenTrialView, TokenView } from './token-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPARKLINE_HOURS = 24;

/** Core's `tokenStatus` as SQL; `now` is `$1`. */
export const STATUS = `case when t.revoked_at is not null then 'revoked' when t.expires_at <= $1::timestamptz then 'expired'
  when not t.active then 'disabled' else 'active' end`;

/** The instants that every statement here starts with, as `$1…$5`. */
export interface Windows {
  readonly values: readonly [now: Date, recent: Date, day: Date, week: Date, weekDays: string];
  /** Epoch milliseconds of the 24 hours of a sparkline. */
  readonly hours: readonly number[];
}

/** `recent`: the hour before the running one. `day`, `week`: 24 and 168 hours, the running one included; `weekDays`: the first whole day of those. */
export function windowsAt(now: number): Windows {
  const hour = Math.floor(now / HOUR) * HOUR;
  const day = hour - (SPARKLINE_HOURS - 1) * HOUR;
  const week = hour - (7 * 24 - 1) * HOUR;
  const weekDays = new Date(Math.ceil(week / DAY) * DAY).toISOString().slice(0, 10);
  const hours = Array.from({ length: SPARKLINE_HOURS }, (_, index) => day + index * HOUR);
  return { values: [new Date(now), new Date(hour - HOUR), new Date(day), new Date(week), weekDays], hours };
}

/** Requests of the last 168 hours by token: whole days from their rollup, the hours before the first of them from theirs. */
export const WEEK_BY_TOKEN = `
  select token_id, requests from usage_token_day where day >= $5::date
  union all
  select token_id, requests from usage_token_hour where hour >= $4::timestamptz and hour < $5::date::timestamp at time zone 'UTC'`;

/** ISO-8601 text made by the server reads the same on every connection. */
const instant = (column: string) => `to_char(t.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Whether a secret that was rotated out and still works has been used since; `now` is `$1`. */
const OLD_SECRET_IN_USE = `exists (select from api_token_secrets s join usage_secret_total o on o.secret_id = s.id
    where s.token_id = t.id and s.superseded_at < o.last_used_at and s.expires_at > $1::timestamptz and s.revoked_at is null)`;

const COLUMNS = `t.id, t.name, t.description, t.active, ${STATUS} as status, t.key_type as "keyType", t.environment, t.prefix, t.start, t.last4,
  t.owner_type as "ownerType", t.owner_id as "ownerId", t.created_by as "createdBy", t.scopes, t.permissions, t.trial,
  t.allowed_endpoints as "allowedEndpoints", t.rate_limit_max as "rateLimit", t.rate_limit_window_ms::float8 as "rateLimitWindowMs",
  t.rate_limit_algorithm as "rateLimitAlgorithm", t.rate_limit_enabled as "rateLimitEnabled", t.limits, t.allowed_ips as "allowedIps",
  t.remaining::float8 as remaining, t.quota_epoch::float8 as "quotaEpoch",
  t.refill_amount::float8 as "refillAmount", t.refill_interval_ms::float8 as "refillInterval", ${instant('last_refill_at')} as "lastRefillAt",
  t.metadata, t.config_id as "configId", t.viewable_text is not null as viewable, ${instant('not_before')} as "notBefore", ${instant('expires_at')} as "expiresAt", ${instant('revoked_at')} as "revokedAt",
  ${OLD_SECRET_IN_USE} as "oldSecretInUse", ${instant('last_used_at')} as "lastUsedAt", ${instant('created_at')} as "createdAt", ${instant('updated_at')} as "updatedAt"`;

/** What the rollups say of one token. `hours`: `[epoch milliseconds, requests]` of each hour that had any. */
const USAGE = `
  left join lateral (
    select sum(requests)::float8 as day, sum(requests - ok)::float8 as failed,
      json_agg(json_build_array(extract(epoch from hour) * 1000, requests)) as hours,
      sum(requests) filter (where hour >= $2::timestamptz)::float8 as recent,
      sum(rate_limited) filter (where hour >= $2::timestamptz)::float8 as recent_limited,
      sum(client_errors + server_errors) filter (where hour >= $2::timestamptz)::float8 as recent_failures
    from usage_token_hour where token_id = t.id and hour >= $3::timestamptz
  ) h on true
  left join lateral (
    select coalesce((select sum(requests) from usage_token_day where token_id = t.id and day >= $5::date), 0)::float8
      + coalesce((select sum(requests) from usage_token_hour where token_id = t.id
          and hour >= $4::timestamptz and hour < $5::date::timestamp at time zone 'UTC'), 0)::float8 as requests
  ) w on true
  left join usage_token_total u on u.token_id = t.id`;

interface Row extends Omit<TokenView, 'health' | 'trial'> {
  trial: StoredTrial | null;
  hours: [number, number][] | null;
  recent: number;
  recentLimited: number;
  recentFailures: number;
}

/** One token by its id, or `null`. */
export async function selectToken(sql: SqlExecutor, id: number, now: number): Promise<TokenView | null> {
  const windows = windowsAt(now);
  const parameters = createParameters(...windows.values);
  const [row] = await selectTokens(sql, windows, `select *, 1 as position from api_tokens where id = ${parameters.bind(id)}`, parameters);
  if (!row) return null;
  const { sparkline: _, ...token } = row;
  return token;
}

/**
 * Reads tokens as management sees them. `source` stands for `t`; its parameters come after those of the windows (`$1…$5`), and its rows
 * come back in the order of its column `position`.
 */
export async function selectTokens(sql: SqlExecutor, windows: Windows, source: string, { values }: SqlParameters): Promise<TokenListRow[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS}, coalesce(h.day, 0) as "requests24h", coalesce(h.failed, 0) as "failed24h", w.requests as "requests7d",
      coalesce(u.requests, 0)::float8 as "totalRequests", h.hours, coalesce(h.recent, 0) as recent,
      coalesce(h.recent_limited, 0) as "recentLimited", coalesce(h.recent_failures, 0) as "recentFailures"
    from (${source}) t ${USAGE} order by t.position`,
    values,
  );
  return rows.map((row) => toListRow(row, windows));
}

function toListRow({ hours, recent, recentLimited, recentFailures, ...token }: Row, windows: Windows): TokenListRow {
  const counts = new Map(hours);
  const signs: TokenSigns = {
    status: token.status,
    expiresAt: token.expiresAt === null ? null : Date.parse(token.expiresAt),
    lastUsedAt: token.lastUsedAt === null ? null : Date.parse(token.lastUsedAt),
    recentRequests: recent,
    recentRateLimited: recentLimited,
    recentFailures,
  };
  const health = assessHealth(signs, windows.values[0].getTime());
  return { ...token, trial: viewTrial(token.trial), health, sparkline: windows.hours.map((hour) => counts.get(hour) ?? 0) };
}

function viewTrial(trial: StoredTrial | null): TokenTrialView | null {
  if (trial === null) return null;
  const { allowedEndpoints, scopes, rateLimit, since, by } = trial;
  return { allowedEndpoints, scopes, rateLimit, since: new Date(since).toISOString(), by };
}
