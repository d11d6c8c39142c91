import { createEventId, type EventToken, type EventType } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from '../admin/actor.ts';
import type { AuditAction } from '../admin/audit-log.ts';
import type { Token } from '../token/token-entity.ts';
import { Event } from './event-entity.ts';

type TokenAction = Extract<AuditAction, `token.${string}`>;

/** Every change of a token that is written down is told: an action without a row here does not compile. */
const EVENT_OF: Readonly<Record<TokenAction, EventType>> = {
  'token.create': 'token.created',
  'token.update': 'token.updated',
  'token.set_trial': 'token.updated',
  'token.enforce_trial': 'token.updated',
  'token.clear_trial': 'token.updated',
  'token.enable': 'token.enabled',
  'token.disable': 'token.disabled',
  'token.revoke': 'token.revoked',
  'token.delete': 'token.deleted',
  'token.leak': 'token.leaked',
};

/** What changed of a token, by the audit's names. */
interface Changes {
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

/** Adds the event of an audited change to the unit of work that makes the change, so that neither is stored without the other. */
export function writeTokenEvent(em: EntityManager, action: TokenAction, token: Token, changes: Changes, actor: Actor, at: Date): void {
  em.create(Event, {
    id: createEventId(at.getTime()),
    type: EVENT_OF[action],
    occurredAt: at,
    tokenId: token.id,
    data: {
      token: describeEventToken(token),
      ...(changes.before && changes.after ? { changes: { before: onWire(changes.before), after: onWire(changes.after) } } : {}),
      actor: { id: actor.id, name: actor.name },
    },
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

/** `allowedEndpoints` → `allowed_endpoints`; the values are the user's and stay as they are. */
function onWire(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]));
}
