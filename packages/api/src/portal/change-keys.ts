import { isRevocable, OperationError } from '@latchkey/core';
import type { CreatePortalKeyInput, UpdatePortalKeyInput } from '../schemas/portal.ts';
import { chooseScopesOrFault, issueToken } from '../token/issue-token.ts';
import { canCreate, refuseForeignScopes } from './key-form.ts';
import { findOwnKey, toPortalKey } from './own-keys.ts';
import type { OwnerContext } from './portal-context.ts';
import { typeForKind } from './portal-key-types.ts';

const SDK_KEY = 'SDK Key';
const HAVE_ONE = 'You already have a publishable key.';

/** Makes a secret key from name, scopes and preset; everything else is the session's and the policy's to say (S2-038, 044). */
export async function createKey(ctx: OwnerContext, input: CreatePortalKeyInput) {
  const keyType = typeForKind(ctx.policy, ctx.session, 'secret');
  if (keyType === undefined) throw new OperationError('FORBIDDEN', 'This session may not create secret keys.');
  refuseForeignScopes(ctx, keyType, input.scopes);
  const made = await issue(ctx, keyType, { ...input, name: input.name ?? null });
  return { ...made, message: 'API key created.' };
}

/** Makes the owner's publishable key (S2-045, 046). */
export async function createPublishableKey(ctx: OwnerContext) {
  const keyType = typeForKind(ctx.policy, ctx.session, 'publishable');
  if (keyType === undefined || keyType === null) throw new OperationError('FORBIDDEN', 'This session may not create publishable keys.');
  if ((await canCreate(ctx, 'publishable'))?.canCreate !== true) throw new OperationError('LIMIT_REACHED', HAVE_ONE);
  const made = await issue(ctx, keyType, { name: SDK_KEY }).catch((error: unknown) => {
    // Somebody else was faster.
    if (error instanceof OperationError && error.code === 'LIMIT_REACHED') throw new OperationError('LIMIT_REACHED', HAVE_ONE);
    throw error;
  });
  return { ...made, message: 'Publishable key created!' };
}

async function issue(ctx: OwnerContext, keyType: string | null, input: CreatePortalKeyInput & { name: string | null }) {
  const { session } = ctx;
  const owner = { type: session.ownerType, id: session.ownerId };
  const expiry = input.expiresAtPreset === undefined ? {} : { preset: input.expiresAtPreset };
  const request = { name: input.name, owner, keyType, environment: session.environment, scopes: input.scopes ?? null, expiry };
  const { token, text } = await issueToken(ctx, request, ctx.actor);
  ctx.portal.reveals.store({ sessionId: session.id, keyId: token.id }, text);
  return { key: toPortalKey(ctx, token), token: text };
}

/** Changes name and scopes, and nothing else (S2-044). Scopes that a key holds may stay or go, new ones must be offered. */
export async function updateKey(ctx: OwnerContext, { id, name, scopes }: UpdatePortalKeyInput) {
  const token = await findOwnKey(ctx, id);
  refuseForeignScopes(ctx, token.keyType, scopes, token.scopes);
  const faults: { path: string; message: string }[] = [];
  const added = scopes?.filter((scope) => !token.scopes.includes(scope)) ?? [];
  const allowed = chooseScopesOrFault(ctx.policy, added, token, faults);
  if (faults.length > 0) throw new OperationError('VALIDATION_ERROR', 'Invalid input', faults);
  const kept = scopes?.filter((scope) => token.scopes.includes(scope) || allowed.includes(scope));
  const changed = await ctx.tokens.update(id, { name, ...(kept && { scopes: [...new Set(kept)] }) }, ctx.actor);
  const effective = await ctx.tokensChanged([id]);
  return { key: toPortalKey(ctx, changed), message: 'API key updated.', effective };
}

/** Ends a key for good, from the next request on (S2-022, 048, 049). */
export async function revokeKey(ctx: OwnerContext, id: number) {
  const token = await findOwnKey(ctx, id);
  if (!isRevocable(ctx.policy, token.keyType)) throw new OperationError('CONFLICT', 'This key cannot be revoked.');
  const revoked = await ctx.tokens.revoke(id, ctx.actor);
  const effective = await ctx.tokensChanged([id]);
  return { key: toPortalKey(ctx, revoked), message: 'API key revoked.', effective };
}
