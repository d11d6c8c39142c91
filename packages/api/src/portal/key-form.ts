import { chooseExpiry, keyTypeRuleOf, listAvailableScopes, OperationError, ownerRuleOf } from '@latchkey/core';
import type { PortalForm } from '../schemas/portal.ts';
import type { OwnerContext } from './portal-context.ts';
import { type KeyKind, typeForKind } from './portal-key-types.ts';

/**
 * What the form of a key offers: the scopes that this owner may have and this type can hold (S2-051, 059), and the presets that the
 * policy takes. `held`: those of an existing key, which may stay although they are not offered any more.
 */
export function describeForm(ctx: OwnerContext, keyType: string | null, held: readonly string[] = []): PortalForm {
  const { policy, session } = ctx;
  const names = [...new Set([...offeredScopes(ctx, keyType), ...held])];
  return {
    scopes: names.map((name) => ({ name, description: Object.hasOwn(policy.scopes, name) ? (policy.scopes[name] ?? '') : '' })),
    expirations: Object.entries(policy.expiry.presets)
      .filter(([preset]) => chooseExpiry(policy.expiry, { preset }, ctx.now()).ok)
      .map(([value, seconds]) => ({ value, seconds })),
    requireName: ownerRuleOf(policy, session.ownerType).requireName,
  };
}

/**
 * Refuses scopes that the form does not offer. The policy alone would not do: without a vocabulary any text is a scope there, and an
 * owner could give themselves whatever they like.
 */
export function refuseForeignScopes(
  ctx: OwnerContext,
  keyType: string | null,
  scopes: readonly string[] | undefined,
  held: readonly string[] = [],
): void {
  const offered = [...offeredScopes(ctx, keyType), ...held];
  const foreign = scopes?.filter((scope) => scope.trim() !== '' && !offered.includes(scope)) ?? [];
  if (foreign.length === 0) return;
  const choice = offered.length === 0 ? 'There are none to choose from.' : `Choose from: ${offered.join(', ')}.`;
  const message = `You can not have the scope ${foreign.map((scope) => JSON.stringify(scope)).join(', ')}. ${choice}`;
  throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'scopes', message }]);
}

/** Whether the owner may make one more key of this kind (S2-060, 128); `null`: this kind is not offered. */
export async function canCreate(ctx: OwnerContext, kind: KeyKind): Promise<{ canCreate: boolean } | null> {
  const { policy, session } = ctx;
  const keyType = typeForKind(policy, session, kind);
  if (keyType === undefined) return null;
  if (!session.actions.includes('create')) return { canCreate: false };
  const perOwner = ownerRuleOf(policy, session.ownerType).maxTokens;
  const perType = keyTypeRuleOf(policy, keyType)?.limit ?? null;
  const environment = session.environment ?? policy.currentEnvironment;
  const counts = await ctx.owners.countActive({ type: session.ownerType, id: session.ownerId });
  const ofOwner = counts.reduce((sum, { tokens }) => sum + tokens, 0);
  const ofType = counts.find((count) => count.keyType === keyType && count.environment === environment)?.tokens ?? 0;
  return { canCreate: ofOwner < (perOwner ?? Number.POSITIVE_INFINITY) && ofType < (perType ?? Number.POSITIVE_INFINITY) };
}

function offeredScopes({ policy, session }: OwnerContext, keyType: string | null): readonly string[] {
  const ceiling = keyTypeRuleOf(policy, keyType)?.scopeCeiling ?? 'all';
  const available = listAvailableScopes(policy, session.ownerType);
  return ceiling === 'all' ? available : available.filter((scope) => ceiling.includes(scope));
}
