import type { PoolClient } from 'pg';
import type { Actor } from './actor.ts';
import type { AuditChange } from './audit-log.ts';
import { plainAddress } from './write-audit-entry.ts';

const INSERT = `
  insert into audit_log (at, action, target_type, target_id, target_name, before, after, actor_id, actor_name, ip_address, user_agent)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/**
 * Writes the audit row of a change on the given connection, inside whatever transaction is open there: for changes made with plain
 * SQL beside the unit of work, such as those of accounts. Names longer than their column are cut.
 */
export async function appendAuditRow(client: PoolClient, change: AuditChange, actor: Actor, at: Date): Promise<void> {
  await client.query(INSERT, [
    at,
    change.action,
    change.targetType,
    change.targetId,
    change.targetName?.slice(0, 255) ?? null,
    change.before,
    change.after,
    actor.id,
    actor.name.slice(0, 255),
    plainAddress(actor.ipAddress),
    actor.userAgent?.slice(0, 512) ?? null,
  ]);
}
