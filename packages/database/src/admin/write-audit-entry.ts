import { isIP } from 'node:net';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from './actor.ts';
import { AuditEntry } from './audit-entry-entity.ts';
import type { AuditChange } from './audit-log.ts';

/** Adds the audit row of a change to the unit of work that makes the change, so that neither is stored without the other. */
export function writeAuditEntry(em: EntityManager, change: AuditChange, actor: Actor, at: Date): void {
  em.create(AuditEntry, {
    ...change,
    at,
    targetName: change.targetName?.slice(0, 255) ?? null,
    actorId: actor.id,
    actorName: actor.name.slice(0, 255),
    ipAddress: plainAddress(actor.ipAddress),
    userAgent: actor.userAgent?.slice(0, 512) ?? null,
  });
}

/** Without the zone of a link-local address, which the column's type does not know; `null` for what is no address. */
export function plainAddress(text: string | null): string | null {
  const address = text?.split('%')[0] ?? '';
  return isIP(address) === 0 ? null : address;
}
