import type { SqlExecutor } from '../sql-executor.ts';
import type { SecretView } from './secret-store.ts';
import { windowsAt } from './select-tokens.ts';

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A secret `s` that works as far as it is concerned; the instant is `$1`. */
export const IS_LIVE = '(s.revoked_at is null and (s.expires_at is null or s.expires_at > $1::timestamptz))';

const STATE = `case when s.revoked_at is not null then 'revoked' when s.expires_at <= $1::timestamptz then 'ended'
  when s.superseded_at is not null then 'overlapping' else 'current' end`;

/** The secrets of a token, oldest first. */
export async function selectSecrets(sql: SqlExecutor, tokenId: number, now: number): Promise<SecretView[]> {
  const [at, , day, week] = windowsAt(now).values;
  return sql.query<SecretView>(
    `select s.id, ${STATE} as state, s.prefix, s.start, s.last4, ${instant('s.created_at')} as "createdAt", s.created_by as "createdBy",
      ${instant('s.superseded_at')} as "supersededAt", ${instant('s.expires_at')} as "endsAt",
      (s.quiet_after_ms / 3600000.0)::float8 as "quietHours", ${instant('s.revoked_at')} as "revokedAt", s.digest_algorithm as algorithm,
      ${instant('u.last_used_at')} as "lastUsedAt", ${instant('u.last_seen_at')} as "lastSeenAt", host(u.last_ip) as "lastIp",
      u.last_user_agent as "lastUserAgent", coalesce(u.requests, 0)::float8 as "totalRequests",
      coalesce(h.day, 0)::float8 as "requests24h", coalesce(h.week, 0)::float8 as "requests7d"
    from api_token_secrets s
    left join usage_secret_total u on u.secret_id = s.id
    left join lateral (
      select sum(requests) as week, sum(requests) filter (where hour >= $3::timestamptz) as day
      from usage_secret_hour where token_id = s.token_id and secret_id = s.id and hour >= $4::timestamptz
    ) h on true
    where s.token_id = $2 order by s.id`,
    [at, tokenId, day, week],
  );
}
