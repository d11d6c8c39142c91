import { keyTypeRuleOf, ownerRuleOf, type TokenPolicy } from '@latchkey/core';
import type { OwnerView } from '@latchkey/database';
import {
  endOwnerInputSchema,
  endOwnerResultSchema,
  listOwnersInputSchema,
  ownerDetailSchema,
  ownerInputSchema,
  ownerListSchema,
} from '../schemas/owner.ts';
import { adminProcedure, router, viewerProcedure } from '../trpc.ts';

export const ownerRouter = router({
  list: viewerProcedure
    .input(listOwnersInputSchema)
    .output(ownerListSchema)
    .query(async ({ ctx, input }) => {
      const { owners, total } = await ctx.owners.list(input);
      return { owners: owners.map((owner) => withLimit(ctx.policy, owner)), total, limit: input.limit, offset: input.offset };
    }),

  /** Also whether one more token may be made, before anybody fills in a form for it (S2-060, 128). */
  get: viewerProcedure
    .input(ownerInputSchema)
    .output(ownerDetailSchema)
    .query(async ({ ctx, input }) => {
      const owner = { type: input.ownerType, id: input.ownerId };
      const counts = await ctx.owners.countActive(owner);
      return { owner: withLimit(ctx.policy, await ctx.owners.get(owner)), room: roomFor(ctx.policy, owner.type, counts) };
    }),

  end: adminProcedure
    .input(endOwnerInputSchema)
    .output(endOwnerResultSchema)
    .mutation(async ({ ctx, input }) => {
      const { ownerType, ownerId, keepHistory } = input;
      const { ids } = await ctx.owners.end({ type: ownerType, id: ownerId }, { keepHistory }, ctx.actor);
      const effective = await ctx.tokensChanged(ids);
      return { message: keepHistory ? 'The tokens of the owner are revoked.' : 'The tokens of the owner are deleted.', ids, effective };
    }),
});

function withLimit(policy: TokenPolicy, owner: OwnerView) {
  return { ...owner, maxTokens: ownerRuleOf(policy, owner.ownerType).maxTokens };
}

type ActiveCount = { keyType: string | null; environment: string | null; tokens: number };

function roomFor(policy: TokenPolicy, ownerType: string, counts: readonly ActiveCount[]) {
  const all = counts.reduce((sum, { tokens }) => sum + tokens, 0);
  const byType = Object.keys(policy.keyTypes).flatMap((keyType) =>
    Object.keys(policy.environments).map((environment) => {
      const used = counts.find((count) => count.keyType === keyType && count.environment === environment)?.tokens ?? 0;
      return { keyType, environment, tokens: left(keyTypeRuleOf(policy, keyType)?.limit ?? null, used) };
    }),
  );
  return { tokens: left(ownerRuleOf(policy, ownerType).maxTokens, all), byType };
}

function left(limit: number | null, used: number): number | null {
  return limit === null ? null : Math.max(0, limit - used);
}
