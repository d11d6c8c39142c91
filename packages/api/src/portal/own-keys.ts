import { isRevocable, OperationError } from '@latchkey/core';
import type { TokenQuery, TokenStatus, TokenView } from '@latchkey/database';
import type { PortalKey, PortalKeyListInput } from '../schemas/portal.ts';
import type { OwnerContext } from './portal-context.ts';
import { isPublishableType, type KeyKind, seesType, typesOfKind } from './portal-key-types.ts';

const STATUSES: Record<NonNullable<PortalKeyListInput['state']>, TokenStatus[]> = {
  // Switched off is neither revoked nor expired (S2-054).
  active: ['active', 'disabled'],
  inactive: ['expired', 'revoked'],
  expired: ['expired'],
  revoked: ['revoked'],
};

/** The owner's keys of one kind, newest first (S2-036). */
export async function listOwnKeys(ctx: OwnerContext, input: PortalKeyListInput): Promise<{ keys: PortalKey[]; total: number }> {
  const query = queryOf(ctx, input.kind);
  if (!query) return { keys: [], total: 0 };
  const status = input.state === undefined ? undefined : STATUSES[input.state];
  const page = await ctx.tokens.list({ ...query, limit: input.limit, offset: input.offset, status });
  return { keys: page.tokens.map((token) => toPortalKey(ctx, token)), total: page.total };
}

/** A key of the owner that this session may see; anything else is not there (S2-050). */
export async function findOwnKey(ctx: OwnerContext, id: number): Promise<TokenView> {
  const token = await ctx.tokens.get(id).catch((error: unknown) => {
    if (error instanceof OperationError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  if (!token || !isOwn(ctx, token)) throw new OperationError('NOT_FOUND', `You have no API key ${id}.`);
  return token;
}

/** What the owner gets to see of a key. */
export function toPortalKey({ policy }: Pick<OwnerContext, 'policy'>, token: TokenView): PortalKey {
  const { id, name, keyType, environment, prefix, last4, status, viewable, scopes } = token;
  const { createdAt, expiresAt, revokedAt, lastUsedAt, requests24h, failed24h, totalRequests } = token;
  return {
    ...{ id, name, keyType, environment, prefix, last4, status, viewable, scopes },
    publishable: isPublishableType(policy, keyType),
    revocable: isRevocable(policy, keyType),
    ...{ createdAt, expiresAt, revokedAt, lastUsedAt, requests24h, failed24h, totalRequests },
  };
}

const ORDER = { sort: 'created_at', order: 'desc' } as const;

function queryOf({ session, policy }: OwnerContext, kind: KeyKind): Omit<TokenQuery, 'limit' | 'offset'> | null {
  const keyTypes = typesOfKind(policy, session, kind);
  if (!keyTypes) return null;
  const owner = { type: session.ownerType, id: session.ownerId };
  return { ...ORDER, owner, keyTypes, environment: session.environment ?? undefined };
}

function isOwn({ session, policy }: OwnerContext, token: TokenView): boolean {
  return (
    token.ownerType === session.ownerType &&
    token.ownerId === session.ownerId &&
    (session.environment === null || token.environment === session.environment) &&
    seesType(policy, session, token.keyType)
  );
}
