import type { Actor } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import { nullIfGone } from './null-if-gone.ts';

/**
 * Revokes the token whose secret this is, as `token.revoke` does (RFC 7009): for good, with all its secrets. A text that is none, and a
 * secret that was rotated out, end nothing: what is not valid need not be revoked.
 *
 * @throws OperationError `CONFLICT` for a key type that can not be revoked.
 */
export async function revokePresentedToken(ctx: ApiContext & { actor: Actor }, text: string): Promise<{ id: number | null }> {
  const record = await ctx.findToken(text);
  const isSecretOver = record !== null && record.secretExpiresAt !== null && ctx.now() >= record.secretExpiresAt;
  if (record === null || isSecretOver) return { id: null };
  const revoked = await ctx.tokens.revoke(record.id, ctx.actor).catch(nullIfGone);
  if (revoked === null) return { id: null };
  await ctx.tokensChanged([record.id]);
  return { id: record.id };
}
