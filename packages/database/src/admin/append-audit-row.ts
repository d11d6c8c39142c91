import type { PoolClient } from 'pg';
import { appendTokenEvents } from '../event/append-token-events.ts';
import { detailsOfChange, eventOfAction } from '../event/event-of-action.ts';
import { executorOf } from '../sql-executor.ts';
import type { Actor } from './actor.ts';
import type { AuditChange } from './audit-log.ts';
import { plainAddress } from './write-audit-entry.ts';

const INSERT = `
  insert into audit_log (at, action, target_type, target_id, target_name, before, after, actor_id, actor_name, ip_address, user_agent)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/**
 * Writes the audit row of a change on the given connection, inside whatever transaction is open there: for changes made with plain
 * SQL beside the unit of work, such as those of accounts; of a change of a token the event as well, so the token has to be there. Names longer than their column are cut.
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
  await tell(client, change, actor, at);
}

/** Whatever is written down of a token is told as well. */
async function tell(client: PoolClient, change: AuditChange, actor: Actor, at: Date): Promise<void> {
  const type = change.targetType === 'token' ? eventOfAction(change.action) : null;
  if (type === null) return;
  const details = { ...detailsOfChange(type, change), actor: { id: actor.id, name: actor.name } };
  const event = { type, tokenId: Number(change.targetId), occurredAt: at.getTime(), details, fact: null };
  await appendTokenEvents(executorOf(client), [event]);
}
