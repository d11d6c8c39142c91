import { z } from 'zod';
import { okSchema, tokenIdSchema } from '../schemas/common.ts';
import { explainInputSchema, explanationSchema } from '../schemas/explain.ts';
import {
  createdTokenSchema,
  createTokenInputSchema,
  findBySecretInputSchema,
  findBySecretResultSchema,
  listTokensInputSchema,
  setActiveInputSchema,
  setActiveResultSchema,
  tokenImpactSchema,
  tokenListSchema,
  tokenSchema,
  updateTokenInputSchema,
} from '../schemas/token.ts';
import { adminProcedure, router, viewerProcedure } from '../trpc.ts';
import { createToken } from './create-token.ts';
import { explainRequest } from './explain-request.ts';
import { updateToken } from './update-token.ts';

const byId = z.object({ id: tokenIdSchema });

export const tokenRouter = router({
  list: viewerProcedure
    .input(listTokensInputSchema)
    .output(tokenListSchema)
    .query(async ({ ctx, input }) => {
      const { ownerType, ownerId, ...query } = input;
      const owner = ownerType && ownerId ? { type: ownerType, id: ownerId } : undefined;
      const page = await ctx.tokens.list({ ...query, owner });
      return { ...page, limit: input.limit, offset: input.offset };
    }),

  /** Whose secret this is. A mutation although it changes nothing: the text must travel in a body, never in an address. */
  findBySecret: viewerProcedure
    .input(findBySecretInputSchema)
    .output(findBySecretResultSchema)
    .mutation(async ({ ctx, input }) => {
      const digests = ctx.mint.candidates(input.secret.trim());
      if (digests.length === 0) return { token: null };
      const [found] = (await ctx.tokens.list({ limit: 1, offset: 0, sort: 'id', order: 'asc', digests })).tokens;
      return { token: found ? { id: found.id, name: found.name } : null };
    }),

  get: viewerProcedure
    .input(byId)
    .output(z.object({ token: tokenSchema }))
    .query(async ({ ctx, input }) => ({ token: await ctx.tokens.get(input.id) })),

  create: adminProcedure
    .input(createTokenInputSchema)
    .output(z.object({ token: createdTokenSchema, message: z.string() }))
    .mutation(({ ctx, input }) => createToken(ctx, input)),

  update: adminProcedure
    .input(updateTokenInputSchema)
    .output(z.object({ token: tokenSchema }))
    .mutation(({ ctx, input }) => updateToken(ctx, input)),

  setActive: adminProcedure
    .input(setActiveInputSchema)
    .output(setActiveResultSchema)
    .mutation(async ({ ctx, input }) => {
      const result = await ctx.tokens.setActive(input.ids, input.active, ctx.actor);
      await ctx.tokensChanged(result.changed);
      return result;
    }),

  revoke: adminProcedure
    .input(byId)
    .output(z.object({ token: tokenSchema }))
    .mutation(async ({ ctx, input }) => {
      const token = await ctx.tokens.revoke(input.id, ctx.actor);
      await ctx.tokensChanged([input.id]);
      return { token };
    }),

  delete: adminProcedure
    .input(byId)
    .output(okSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.tokens.delete(input.id, ctx.actor);
      await ctx.tokensChanged([input.id]);
      return { message: 'API token deleted successfully.' };
    }),

  /** Why a request was or would be refused. A mutation although it changes nothing: a token's text must travel in a body. */
  explain: viewerProcedure
    .input(explainInputSchema)
    .output(explanationSchema)
    .mutation(({ ctx, input }) => explainRequest(ctx, input)),

  /** What the end of this token would break. */
  impact: viewerProcedure
    .input(byId)
    .output(tokenImpactSchema)
    .query(({ ctx, input }) => ctx.tokens.readImpact(input.id)),
});
