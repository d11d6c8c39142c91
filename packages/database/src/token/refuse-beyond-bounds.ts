import { OperationError } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import type { NewToken, TokenBounds } from './token-store.ts';

const COUNTS = `select count(*)::int as "ofOwner",
    count(*) filter (where key_type is not distinct from $3 and environment is not distinct from $4)::int as "ofType"
  from api_tokens where owner_type is not distinct from $1 and owner_id is not distinct from $2
    and revoked_at is null and (expires_at is null or expires_at > $5::timestamptz)`;

/**
 * Refuses one more active token than `bounds` allow. Runs inside the transaction that makes it, and holds the owner until that ends:
 * whoever makes one for the same owner meanwhile waits, and counts this one as well (S2-006, 196, 197).
 */
export async function refuseBeyondBounds(sql: SqlExecutor, token: NewToken, bounds: TokenBounds, at: Date): Promise<void> {
  const { perOwner, perType } = bounds;
  if (perOwner === null && perType === null) return;
  const { ownerType = null, ownerId = null, keyType = null, environment } = token;
  await holdOwner(sql, { type: ownerType, id: ownerId });
  const [counts] = await sql.query<{ ofOwner: number; ofType: number }>(COUNTS, [ownerType, ownerId, keyType, environment, at]);
  if (perOwner !== null && (counts?.ofOwner ?? 0) >= perOwner) {
    throw new OperationError('LIMIT_REACHED', `This owner has ${perOwner} active tokens, and that is the limit. Revoke one first.`);
  }
  if (perType !== null && (counts?.ofType ?? 0) >= perType) {
    const kind = `${keyType ?? 'untyped'} tokens in the environment ${environment ?? 'default'}`;
    throw new OperationError('LIMIT_REACHED', `This owner has ${perType} active ${kind}, and that is the limit.`);
  }
}

/** Until the transaction ends nobody else makes a token of this owner, or ends the owner. */
export async function holdOwner(sql: SqlExecutor, { type, id }: { type: string | null; id: string | null }): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`latchkey owner ${JSON.stringify([type, id])}`]);
}
