import { type KeyRouteContext, requireAdministrator } from './key-route-context.ts';

/** Removes every expired key of these routes, now (S3-009, S3-081, S3-122). For administrators (G-15). */
export async function deleteExpiredKeys(ctx: KeyRouteContext): Promise<{ success: boolean; error: { message: string } | null }> {
  requireAdministrator(ctx);
  try {
    await ctx.keys.cleanup.run({ bypassLastCheck: true, raiseOnError: true });
    return { success: true, error: null };
  } catch {
    // The clean-up has logged what happened; clients are told no more than that it did.
    return { success: false, error: { message: 'The expired keys could not be removed. See the log of the server.' } };
  }
}
