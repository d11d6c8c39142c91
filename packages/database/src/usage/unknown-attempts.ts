import type { UnknownAttempts } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import { bigintArray, instantArray } from './binary-array.ts';
import type { UnknownAttemptRow } from './usage-reader.ts';
import { isoInstant } from './usage-row.ts';

/** Rows kept; the longest unseen go first. Whoever guesses tokens decides how many fingerprints there are, so there must be an end. */
export const MOST_UNKNOWN_ATTEMPTS = 10_000;
/** Orders the writers: they add and trim rows in no order that they share. */
const UNKNOWN_LOCK = 727_004;

/** Adds attempts with unknown tokens to those of the same fingerprint, address and reason. */
export async function writeUnknownAttempts(executor: SqlExecutor, attempts: readonly UnknownAttempts[]): Promise<void> {
  const rows = mergeAttempts(attempts);
  await executor.query('select pg_advisory_xact_lock($1)', [UNKNOWN_LOCK]);
  await executor.query(
    `insert into unknown_token_attempts as t (fingerprint, ip, reason, attempts, first_at, last_at)
     select * from unnest($1::text[], $2::inet[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
     on conflict (fingerprint, ip, reason) do update set attempts = t.attempts + excluded.attempts,
       first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at)`,
    [
      rows.map((row) => row.fingerprint),
      rows.map((row) => row.ip),
      rows.map((row) => row.reason),
      bigintArray(rows.map((row) => row.count)),
      instantArray(rows.map((row) => row.firstAt)),
      instantArray(rows.map((row) => row.lastAt)),
    ],
  );
  await executor.query(
    `delete from unknown_token_attempts where id in (
       select id from unknown_token_attempts order by last_at desc, id desc offset ${MOST_UNKNOWN_ATTEMPTS})`,
  );
}

/** One row per key: an upsert can not touch the same row twice. */
function mergeAttempts(attempts: readonly UnknownAttempts[]): UnknownAttempts[] {
  const merged = new Map<string, UnknownAttempts>();
  for (const one of attempts) {
    const name = `${one.fingerprint}\0${one.ip}\0${one.reason}`;
    const known = merged.get(name);
    merged.set(name, known ? addAttempts(known, one) : one);
  }
  return [...merged.values()];
}

function addAttempts(a: UnknownAttempts, b: UnknownAttempts): UnknownAttempts {
  return { ...a, count: a.count + b.count, firstAt: Math.min(a.firstAt, b.firstAt), lastAt: Math.max(a.lastAt, b.lastAt) };
}

/** The fingerprints seen last. */
export async function readUnknownAttempts(executor: SqlExecutor, limit: number): Promise<UnknownAttemptRow[]> {
  const rows = await executor.query<UnknownAttemptRow & { first_ms: number; last_ms: number }>(
    `select fingerprint, host(ip) as "ipAddress", reason, attempts::float8 as attempts,
       (extract(epoch from first_at) * 1000)::float8 as first_ms, (extract(epoch from last_at) * 1000)::float8 as last_ms
     from unknown_token_attempts order by last_at desc, id desc limit $1`,
    [limit],
  );
  return rows.map(({ first_ms, last_ms, ...row }) => ({ ...row, firstAt: isoInstant(first_ms), lastAt: isoInstant(last_ms) }));
}
