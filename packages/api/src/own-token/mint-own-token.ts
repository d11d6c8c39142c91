import {
  chooseExpiry,
  type ExpiryRequest,
  listAvailableScopes,
  OperationError,
  type TokenPolicy,
  type TokenRecord,
  tokenStatus,
} from '@latchkey/core';
import { type IssuedToken, issueToken, type TokenRequest } from '../token/issue-token.ts';
import { callerActor, type OwnTokenContext } from './own-token-context.ts';
import { familyOf, type TokenFamily } from './token-family.ts';

/**
 * Makes a token for the owner of the one that calls (S0-28…30). It may do what the caller may and no more, with counters of its own,
 * and ends when the policy says, but never after the caller.
 *
 * @throws OperationError `LIMIT_REACHED` where its owner has as many as it may; `CONFLICT` where the policy has no place for such a token any more, and for a token with a quota.
 */
export async function mintOwnToken(ctx: OwnTokenContext): Promise<IssuedToken> {
  // Fresh: what an administrator took away a moment ago is not to live on in a copy.
  const parent = await ctx.tokens.getRecord(ctx.caller.id);
  if (tokenStatus(parent, ctx.now()) !== 'active') throw new OperationError('CONFLICT', 'This token has just been ended or switched off.');
  // Each new one would have as much again: a quota that can be multiplied is none.
  if (parent.quota !== null)
    throw new OperationError('CONFLICT', 'A token with a quota can not make others. Ask the administrator for one.');
  try {
    const { secretExpiresAt } = ctx.caller;
    return await issueToken(ctx, inherit({ ...parent, secretExpiresAt }, ctx.policy, ctx.now()), callerActor(ctx));
  } catch (error) {
    throw explainRefusal(error);
  }
}

/** What a token hands down: every restriction that it has. */
export function inherit(parent: TokenRecord, policy: TokenPolicy, now: number): TokenRequest {
  const { type, id } = familyOf(parent);
  const { rateLimit } = parent;
  return {
    name: `Made by token ${parent.id}`,
    owner: { type, id },
    keyType: parent.keyType,
    environment: parent.environment,
    configId: parent.configId,
    scopes: scopesOf(parent, policy, { type, id }),
    permissions: parent.permissions,
    allowedEndpoints: parent.allowedEndpoints,
    rateLimit: rateLimit?.max ?? null,
    rateLimitWindowMs: rateLimit?.windowMs,
    rateLimitAlgorithm: rateLimit?.algorithm,
    limits: parent.limits,
    allowedIps: parent.allowedIps,
    strict: parent.strict,
    expiry: expiryOf(parent, policy, now),
  };
}

/** Scopes that have left the vocabulary since are not handed down. */
function scopesOf(parent: TokenRecord, policy: TokenPolicy, owner: TokenFamily): readonly string[] {
  const available = listAvailableScopes(policy, owner.type);
  return available.length === 0 ? parent.scopes : parent.scopes.filter((scope) => available.includes(scope));
}

/** Also a secret that is being rotated out makes nothing that outlives it: it may be the one that leaked. */
function expiryOf({ expiresAt, secretExpiresAt }: TokenRecord, policy: TokenPolicy, now: number): ExpiryRequest {
  const ownEnd = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, secretExpiresAt ?? Number.POSITIVE_INFINITY);
  if (ownEnd === Number.POSITIVE_INFINITY) return {};
  const choice = chooseExpiry(policy.expiry, {}, now);
  const byPolicy = choice.ok && choice.expiresAt !== null ? choice.expiresAt : Number.POSITIVE_INFINITY;
  return { expiresAt: new Date(Math.min(ownEnd, byPolicy)).toISOString() };
}

/** Nothing was asked for, so nothing of the input can be wrong: it is the policy that has moved on. */
function explainRefusal(error: unknown): unknown {
  if (!(error instanceof OperationError) || error.code !== 'VALIDATION_ERROR') return error;
  const reasons = error.details.map(({ message }) => message).join(' ');
  return new OperationError('CONFLICT', `This token can not make another one under the present rules. ${reasons}`);
}
