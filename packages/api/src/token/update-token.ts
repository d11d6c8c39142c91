import { chooseExpiry, OperationError, parseExpiry } from '@latchkey/core';
import type { Actor, TokenPatch, TokenView } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { UpdateTokenInput } from '../schemas/token.ts';
import { chooseScopesOrFault, refillFault } from './issue-token.ts';

/** Changes what the input names, within the policy. An expiry in the past is a way to expire the token now (G-06). */
export async function updateToken(ctx: ApiContext & { actor: Actor }, input: UpdateTokenInput) {
  const patch = await toPatch(ctx, input);
  const token = await ctx.tokens.update(input.id, patch, ctx.actor);
  return { token, effective: await ctx.tokensChanged([input.id]) };
}

async function toPatch(ctx: ApiContext, input: UpdateTokenInput): Promise<TokenPatch> {
  const { id, scopes, expiresAt, expiresIn, expiresAtPreset, notBefore, ...patch } = input;
  const faults: { path: string; message: string }[] = [];
  const changes: TokenPatch = { ...patch };
  if (expiresAt !== undefined || expiresIn !== undefined || expiresAtPreset !== undefined) {
    const choice = chooseExpiry(ctx.policy.expiry, { expiresAt, expiresIn, preset: expiresAtPreset }, ctx.now(), { mayBePast: true });
    if (choice.ok) changes.expiresAt = choice.expiresAt;
    else faults.push({ path: choice.path, message: choice.message });
  }
  if (scopes !== undefined) changes.scopes = chooseScopesOrFault(ctx.policy, scopes, await ctx.tokens.get(id), faults);
  if (notBefore !== undefined) changes.notBefore = notBefore === null ? null : parseExpiry(notBefore);
  await refuseBackwards(ctx, id, changes, faults);
  await refuseHalfARefill(ctx, id, changes, faults);
  if (faults.length > 0) throw new OperationError('VALIDATION_ERROR', 'Invalid input', faults);
  return changes;
}

/** A beginning is compared with the end that will hold, whichever of the two the input changes. */
async function refuseBackwards(
  ctx: ApiContext,
  id: number,
  changes: TokenPatch,
  faults: { path: string; message: string }[],
): Promise<void> {
  if (changes.notBefore === undefined || changes.notBefore === null) return;
  const end = changes.expiresAt === undefined ? expiryOf(await ctx.tokens.get(id)) : changes.expiresAt;
  if (end !== null && changes.notBefore >= end) faults.push({ path: 'notBefore', message: 'A token must begin before it ends.' });
}

/** What the input leaves out stays as it is, and counts. */
async function refuseHalfARefill(
  ctx: ApiContext,
  id: number,
  { refillAmount, refillInterval }: TokenPatch,
  faults: { path: string; message: string }[],
): Promise<void> {
  if (refillAmount === undefined && refillInterval === undefined) return;
  const token = await ctx.tokens.get(id);
  const fault = refillFault(
    refillAmount === undefined ? token.refillAmount : refillAmount,
    refillInterval === undefined ? token.refillInterval : refillInterval,
  );
  if (fault !== null) faults.push(fault);
}

function expiryOf({ expiresAt }: TokenView): number | null {
  return expiresAt === null ? null : Date.parse(expiresAt);
}
