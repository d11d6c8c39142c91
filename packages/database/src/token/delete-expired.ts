import { OperationError } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import type { ExpiredQuery } from './token-store.ts';

interface Parts {
  readonly sql: SqlExecutor;
  readonly isRevocable: (keyType: string | null) => boolean;
  /** Deletes one token with its usage and its audit row. */
  readonly remove: (id: number) => Promise<void>;
}

const EXPIRED = `select id from api_tokens where expires_at < $1::timestamptz
  and (key_type is null or key_type <> all($2::text[])) and ($4::text[] is null or (purgeable and config_id = any($4)))
  order by expires_at, id limit $3`;

/** See `TokenStore.deleteExpired`. One token a transaction: a deletion may have millions of log rows, and none may hold up the others. */
export async function deleteExpired(
  parts: Parts,
  { before, limit, dryRun, purgeableIn }: ExpiredQuery,
): Promise<{ ids: number[]; more: boolean }> {
  const kept = (await listKeyTypes(parts.sql)).filter((keyType) => !parts.isRevocable(keyType));
  const found = await parts.sql.query<{ id: number }>(EXPIRED, [new Date(before), kept, limit + 1, purgeableIn ?? null]);
  const ids = found.slice(0, limit).map(({ id }) => id);
  const gone: number[] = [];
  for (const id of dryRun ? [] : ids) if (await removeOnce(parts, id)) gone.push(id);
  return { ids: dryRun ? ids : gone, more: found.length > limit };
}

async function listKeyTypes(sql: SqlExecutor): Promise<string[]> {
  const rows = await sql.query<{ keyType: string }>('select distinct key_type as "keyType" from api_tokens where key_type is not null');
  return rows.map(({ keyType }) => keyType);
}

/** Somebody else may have been faster, or have given it a longer life; then it is theirs. */
async function removeOnce({ remove }: Parts, id: number): Promise<boolean> {
  try {
    await remove(id);
    return true;
  } catch (error) {
    if (error instanceof OperationError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT')) return false;
    throw error;
  }
}
