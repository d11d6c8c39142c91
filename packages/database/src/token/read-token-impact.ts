import type { SqlExecutor } from '../sql-executor.ts';
import type { TokenStore } from './token-store.ts';

const HOUR = 3_600_000;
// Beyond this the answer to "would anybody notice" does not change; counting on would.
const COUNTED = 100_000;

/** The last hour of a token, counted in the log up to its newest 100,000 requests; `null` for an unknown token. */
export async function readTokenImpact(sql: SqlExecutor, id: number, now: number): Promise<Impact | null> {
  const [impact] = await sql.query<Impact>(
    `select count(r.at)::int as "requestsLastHour", count(distinct r.ip)::int as "addressesLastHour",
      to_char(t.last_used_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastUsedAt"
    from api_tokens t
    left join lateral (
      select at, ip from api_token_usage where token_id = t.id and at >= $2 order by at desc limit ${COUNTED}
    ) r on true
    where t.id = $1 group by t.id`,
    [id, new Date(now - HOUR)],
  );
  return impact ?? null;
}

type Impact = Awaited<ReturnType<TokenStore['readImpact']>>;
