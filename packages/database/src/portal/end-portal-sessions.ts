import type { SqlExecutor } from '../sql-executor.ts';

/**
 * Ends the sessions of an owner who is to have no keys any more, and answers how many there were. Runs in the transaction that ends the
 * keys: otherwise somebody could make new ones in a session that is still open.
 */
export async function endPortalSessions(sql: SqlExecutor, owner: { type: string; id: string }, at: Date): Promise<number> {
  const ended = await sql.query(
    `update portal_sessions set revoked_at = $3::timestamptz
     where owner_type = $1 and owner_id = $2 and revoked_at is null and expires_at > $3::timestamptz returning id`,
    [owner.type, owner.id, at],
  );
  return ended.length;
}
