import type { SqlExecutor } from '../sql-executor.ts';

const SYSTEM = 'Latchkey';
const KEEP_FORMER_MS = 86_400_000;

/**
 * Ends overlaps that were quiet for as long as they were told to wait for. The rows of their tokens are locked first, as every change of
 * a secret does it; one that somebody else holds is left for the next time, when what they did is known.
 */
export async function endQuietSecrets(sql: SqlExecutor, at: Date): Promise<number[]> {
  const due = await sql.query<{ id: number }>(
    `select id from api_tokens where id in (select s.token_id ${QUIET}) order by id
    for no key update skip locked`,
    [at],
  );
  const ended = await sql.query<{ token_id: number }>(END, [at, due.map(({ id }) => id), SYSTEM]);
  await sql.query(FORGET, [new Date(at.getTime() - KEEP_FORMER_MS)]);
  return [...new Set(ended.map((row) => Number(row.token_id)))];
}

const QUIET = `from api_token_secrets s left join usage_secret_total u on u.secret_id = s.id
  where s.quiet_after_ms is not null and s.revoked_at is null and s.expires_at > $1::timestamptz
    and greatest(s.superseded_at, u.last_used_at) + s.quiet_after_ms * interval '1 millisecond' <= $1::timestamptz`;

const END = `
  with ended as (
    update api_token_secrets set expires_at = $1, quiet_after_ms = null
    where id in (select s.id ${QUIET} and s.token_id = any($2::int[])) returning id, token_id, last4
  ), noted as (
    insert into audit_log (at, action, target_type, target_id, target_name, after, actor_name)
    select $1, 'token.end_overlap', 'token', e.token_id::text, t.name, jsonb_build_object('last4', e.last4, 'endedAt', $1::timestamptz), $3
    from ended e join api_tokens t on t.id = e.token_id
  )
  select token_id from ended`;

/** By now every process knows the newest token secret. */
const FORGET = `
  update api_token_secrets set former_digest = null, former_algorithm = null, former_version = null
  where former_digest is not null and rehashed_at < $1`;
