import { parseExpiry } from '@latchkey/core';
import type { Actor, TokenPatch } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { UpdateTokenInput } from '../schemas/token.ts';

/** Changes what the input names. An expiry in the past is a way to expire the token now (G-06). */
export async function updateToken(ctx: ApiContext & { actor: Actor }, input: UpdateTokenInput) {
  const { id, expiresAt, ...rest } = input;
  const patch: TokenPatch = expiresAt === undefined ? rest : { ...rest, expiresAt: expiresAt === null ? null : parseExpiry(expiresAt) };
  const token = await ctx.tokens.update(id, patch, ctx.actor);
  await ctx.tokensChanged([id]);
  return { token };
}
