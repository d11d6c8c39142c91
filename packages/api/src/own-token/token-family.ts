import type { TokenRecord } from '@latchkey/core';
import type { TokenQuery, TokenView } from '@latchkey/database';

/** Owner type of tokens that a token without an owner has made. */
export const TOKEN_OWNER_TYPE = 'token';

/** Whose tokens a token may manage: those of its owner; without one its own and itself (S0-02, S0-28, S0-32). */
export type TokenFamily = NonNullable<TokenQuery['owner']>;

export function familyOf(caller: Pick<TokenRecord, 'id' | 'ownerType' | 'ownerId'>): TokenFamily {
  const { id, ownerType, ownerId } = caller;
  if (ownerType !== null && ownerId !== null) return { type: ownerType, id: ownerId };
  return { type: TOKEN_OWNER_TYPE, id: String(id), orTokenId: id };
}

/** Whether a token is one of the family. */
export function isOfFamily(family: TokenFamily, token: Pick<TokenView, 'id' | 'ownerType' | 'ownerId'>): boolean {
  return (token.ownerType === family.type && token.ownerId === family.id) || token.id === family.orTokenId;
}
