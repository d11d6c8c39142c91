import type { EventToken } from '@latchkey/core';
import type { Token } from '../token/token-entity.ts';

type TokenFacts = Pick<
  Token,
  'id' | 'name' | 'prefix' | 'last4' | 'keyType' | 'environment' | 'ownerType' | 'ownerId' | 'active' | 'expiresAt' | 'createdAt'
>;

/** A token as events tell of it. */
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
