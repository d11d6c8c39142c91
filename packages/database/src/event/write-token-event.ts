import { createEventId } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from '../admin/actor.ts';
import type { AuditAction } from '../admin/audit-log.ts';
import type { Token } from '../token/token-entity.ts';
import { describeEventToken } from './describe-event-token.ts';
import { Event } from './event-entity.ts';
import { type AuditedChanges, detailsOfChange, eventOfAction } from './event-of-action.ts';

/** Adds the event of an audited change to the unit of work that makes the change, so that neither is stored without the other. */
export function writeTokenEvent(
  em: EntityManager,
  action: AuditAction,
  token: Token,
  changes: AuditedChanges,
  actor: Actor,
  at: Date,
): void {
  const type = eventOfAction(action);
  if (type === null) return;
  em.create(Event, {
    id: createEventId(at.getTime()),
    type,
    occurredAt: at,
    tokenId: token.id,
    data: { token: describeEventToken(token), ...detailsOfChange(type, changes), actor: { id: actor.id, name: actor.name } },
  });
}
