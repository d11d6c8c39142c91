import { actorOf } from '../context.ts';
import { findKey } from './find-key.ts';
import { type KeyRouteContext, requireAccount, scheduleCleanup } from './key-route-context.ts';
import type { DeleteKeyBody } from './key-schemas.ts';

/** Deletes one of the caller's keys, with its usage (S3-007, S3-067…069, C-03). */
export async function deleteKey(ctx: KeyRouteContext, body: DeleteKeyBody): Promise<{ success: true }> {
  const account = requireAccount(ctx);
  const { token, configuration } = await findKey(ctx, { id: body.keyId, configId: body.configId, userId: body.userId });
  await ctx.tokens.delete(token.id, actorOf(ctx, account));
  await ctx.tokensChanged([token.id]);
  await scheduleCleanup(ctx, configuration);
  return { success: true };
}
