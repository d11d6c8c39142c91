import { createEventId, type EventToken } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from '../admin/actor.ts';
import type { AuditAction } from '../admin/audit-log.ts';
import type { Token } from '../token/token-entity.ts';
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

type TokenFacts = Pick<
  Token,
  'id' | 'name' | 'prefix' | 'last4' | 'keyType' | 'environment' | 'ownerType' | 'ownerId' | 'active' | 'expiresAt' | 'createdAt'
>;

export function describeEventToken(token: TokenFacts): EventToken {
  return {
    id: token.id,
    name: token.name ?? null,
    prefix: token.prefix,
    last4: token.last4,
    key_type: token.keyType ?? null,
    environment: token.environment ?? null,
    owner_type: token.ownerType ?? null,
    owner_id: token.ownerId ?? null,
    active: token.active,
    expires_at: token.expiresAt?.toISOString() ?? null,
    created_at: token.createdAt.toISOString(),
  };
}
