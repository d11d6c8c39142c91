import { OperationError } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { tokenIdSchema } from '../schemas/common.ts';
import {
  listOwnTokensInputSchema,
  mintedTokenSchema,
  type OwnToken,
  ownTokenListSchema,
  ownTokenStateSchema,
} from '../schemas/own-token.ts';
import { describeOwnToken } from './describe-own-token.ts';
import { mintOwnToken } from './mint-own-token.ts';
import { callerActor, type OwnTokenContext } from './own-token-context.ts';
import { familyOf, isOfFamily } from './token-family.ts';

const t = initTRPC.context<OwnTokenContext>().create({ isDev: false });

/** Tokens that manage the tokens of their own owner (S0-28…34; C-13). No administrator comes here. */
export const ownTokenRouter = t.router({
  list: t.procedure
    .input(listOwnTokensInputSchema)
    .output(ownTokenListSchema)
    .query(async ({ ctx, input }) => {
      const page = await ctx.tokens.list({ ...input, sort: 'id', order: 'desc', owner: familyOf(ctx.caller) });
      return { tokens: page.tokens.map((token) => toOwnToken(token, ctx.caller.id)), total: page.total, ...input };
    }),

  /** The token that calls: its rules, what is left of its limits, and its last day. */
  describe: t.procedure.output(ownTokenStateSchema).query(({ ctx }) => describeOwnToken(ctx)),

  /** No input is read (S0-29). */
  mint: t.procedure.output(mintedTokenSchema).mutation(async ({ ctx }) => ({ token: (await mintOwnToken(ctx)).text })),

  /** For good; as often as one likes (S0-31…34). */
  revoke: t.procedure.input(z.object({ id: tokenIdSchema })).mutation(async ({ ctx, input: { id } }) => {
    const token = await ctx.tokens.get(id);
    // In the words of a token that there is not: whose it is, is nobody's business (S0-32).
    if (!isOfFamily(familyOf(ctx.caller), token)) throw new OperationError('NOT_FOUND', `There is no API token ${id}.`);
    await ctx.tokens.revoke(id, callerActor(ctx));
    await ctx.tokensChanged([id]);
  }),
});

/** Without what administrators note about it. */
function toOwnToken(token: TokenView, callerId: number): OwnToken {
  const { id, name, status, prefix, start, last4, keyType, environment, scopes, permissions, allowedEndpoints } = token;
  const { rateLimit, rateLimitWindowMs, rateLimitAlgorithm, rateLimitEnabled } = token;
  const { notBefore, expiresAt, revokedAt, lastUsedAt, createdAt, updatedAt } = token;
  return {
    ...{ id, name, status, prefix, start, last4, keyType, environment, scopes, permissions, allowedEndpoints },
    rateLimit: rateLimitEnabled ? rateLimit : null,
    ...{ rateLimitWindowMs, rateLimitAlgorithm, notBefore, expiresAt, revokedAt, lastUsedAt, createdAt, updatedAt },
    current: id === callerId,
  };
}
