import { EVERY_IMPORTED_KIND, parseExpiry } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';
import { z } from 'zod';
import type { Account } from '../context.ts';
import { introspectToken } from '../introspection/introspect-token.ts';
import { revokePresentedToken } from '../introspection/revoke-presented-token.ts';
import { tokenIdSchema } from '../schemas/common.ts';
import { evidenceInputSchema, evidenceSchema } from '../schemas/evidence.ts';
import { explainInputSchema, explanationSchema } from '../schemas/explain.ts';
import { importReportSchema, importTokensInputSchema } from '../schemas/import.ts';
import { introspectionSchema, presentedTokenInputSchema } from '../schemas/introspection.ts';
import {
  revokedSecretSchema,
  revokeSecretInputSchema,
  rotatedTokenSchema,
  rotateTokenInputSchema,
  tokenSecretsSchema,
} from '../schemas/secret.ts';
import {
  changedTokenSchema,
  createdTokenSchema,
  createTokenInputSchema,
  deletedTokenSchema,
  deleteExpiredInputSchema,
  deleteExpiredResultSchema,
  findBySecretInputSchema,
  findBySecretResultSchema,
  listTokensInputSchema,
  setActiveInputSchema,
  setActiveResultSchema,
  tokenImpactSchema,
  tokenListSchema,
  tokenSchema,
  updateTokenInputSchema,
  viewableTokenSchema,
} from '../schemas/token.ts';
import { adminProcedure, router, viewerProcedure } from '../trpc.ts';
import { createToken } from './create-token.ts';
import { explainRequest } from './explain-request.ts';
import { importTokens } from './import-tokens.ts';
import { readEvidence } from './read-evidence.ts';
import { rotateToken } from './rotate-token.ts';
import { trialProcedures } from './trial-procedures.ts';
import { updateToken } from './update-token.ts';

/** A token of nobody belongs to who made it. */
function ownsToken(account: Account, { ownerType, ownerId, createdBy }: TokenView): boolean {
  return ownerType === null ? createdBy === account.id : ownerType === 'user' && ownerId === account.id;
}

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
      const digests = ctx.mint.candidates(input.secret.trim(), EVERY_IMPORTED_KIND);
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
    .output(changedTokenSchema)
    .mutation(({ ctx, input }) => updateToken(ctx, input)),

  setActive: adminProcedure
    .input(setActiveInputSchema)
    .output(setActiveResultSchema)
    .mutation(async ({ ctx, input }) => {
      const result = await ctx.tokens.setActive(input.ids, input.active, ctx.actor);
      return { ...result, effective: await ctx.tokensChanged(result.changed) };
    }),

  revoke: adminProcedure
    .input(byId)
    .output(changedTokenSchema)
    .mutation(async ({ ctx, input }) => {
      const token = await ctx.tokens.revoke(input.id, ctx.actor);
      return { token, effective: await ctx.tokensChanged([input.id]) };
    }),

  /** What the token with this text is worth, and nothing of any other. A mutation although it changes nothing: the text must travel in a body. */
  introspect: viewerProcedure
    .input(presentedTokenInputSchema)
    .output(introspectionSchema)
    .mutation(({ ctx, input }) => introspectToken(ctx, input.token)),

  /** Revokes the token with this text. `id: null`: there is none that it would be good for. */
  revokePresented: adminProcedure
    .input(presentedTokenInputSchema)
    .output(z.object({ id: tokenIdSchema.nullable() }))
    .mutation(({ ctx, input }) => revokePresentedToken(ctx, input.token)),

  /** Takes tokens over from another system, row by row. */
  import: adminProcedure
    .input(importTokensInputSchema)
    .output(importReportSchema)
    .mutation(({ ctx, input }) => importTokens(ctx, input, ctx.actor)),

  /** A new secret beside the old one. */
  rotate: adminProcedure
    .input(rotateTokenInputSchema)
    .output(rotatedTokenSchema)
    .mutation(({ ctx, input }) => rotateToken(ctx, input, ctx.actor)),

  /** Every secret of a token, and who uses it. */
  secrets: viewerProcedure
    .input(byId)
    .output(tokenSecretsSchema)
    .query(async ({ ctx, input }) => ({ secrets: await ctx.secrets.list(input.id) })),

  revokeSecret: adminProcedure
    .input(revokeSecretInputSchema)
    .output(revokedSecretSchema)
    .mutation(async ({ ctx, input }) => {
      const result = await ctx.secrets.revoke(input.id, input.secretId, ctx.actor);
      return { ...result, effective: await ctx.tokensChanged([input.id]) };
    }),

  delete: adminProcedure
    .input(byId)
    .output(deletedTokenSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.tokens.delete(input.id, ctx.actor);
      return { message: 'API token deleted successfully.', effective: await ctx.tokensChanged([input.id]) };
    }),

  ...trialProcedures,

  /** What it may do beside what it did, and the least that would have been enough. */
  evidence: viewerProcedure
    .input(evidenceInputSchema)
    .output(evidenceSchema)
    .query(({ ctx, input }) => readEvidence(ctx, input)),

  /** Why a request was or would be refused. A mutation although it changes nothing: a token's text must travel in a body. */
  explain: viewerProcedure
    .input(explainInputSchema)
    .output(explanationSchema)
    .mutation(({ ctx, input }) => explainRequest(ctx, input)),

  /** Deletes what expired before an instant, which is never later than now. */
  deleteExpired: adminProcedure
    .input(deleteExpiredInputSchema)
    .output(deleteExpiredResultSchema)
    .mutation(async ({ ctx, input }) => {
      const { dryRun, limit, expiredBefore } = input;
      const before = Math.min(parseExpiry(expiredBefore) ?? 0, ctx.now());
      const { ids, more } = await ctx.tokens.deleteExpired({ before, limit, dryRun }, ctx.actor);
      return { ids, more, dryRun, effective: dryRun ? null : await ctx.tokensChanged(ids) };
    }),

  /** Shows a public key again, to its owner and to who made it for nobody in particular (S2-185, C-25). */
  readViewable: viewerProcedure
    .input(byId)
    .output(viewableTokenSchema)
    .query(async ({ ctx, input }) => {
      const token = await ctx.tokens.get(input.id);
      return { viewableToken: ownsToken(ctx.account, token) ? await ctx.tokens.readViewableText(input.id) : null };
    }),

  /** What the end of this token would break. */
  impact: viewerProcedure
    .input(byId)
    .output(tokenImpactSchema)
    .query(({ ctx, input }) => ctx.tokens.readImpact(input.id)),
});
