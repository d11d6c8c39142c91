import type { ApiContext } from '../context.ts';
import type { LimitStatus } from '../schemas/limit.ts';

/** Reads the counter that the guard counts with, without counting. */
export async function readLimitStatus(ctx: ApiContext, tokenId: number): Promise<LimitStatus> {
  const token = await ctx.tokens.get(tokenId);
  const settings = { tokenId, algorithm: token.rateLimitAlgorithm, windowMs: token.rateLimitWindowMs };
  if (!token.rateLimitEnabled || token.rateLimit === null) {
    return { ...settings, enabled: false, limit: token.rateLimit, current: 0, remaining: null, resetAt: null };
  }
  const limit = { max: token.rateLimit, windowMs: token.rateLimitWindowMs, algorithm: token.rateLimitAlgorithm };
  const state = await ctx.counter.peek(String(tokenId), limit, ctx.now());
  return {
    ...settings,
    enabled: true,
    limit: token.rateLimit,
    current: state.current,
    remaining: state.remaining,
    resetAt: state.current === 0 ? null : new Date(state.resetAt).toISOString(),
  };
}
