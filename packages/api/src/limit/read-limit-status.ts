import type { LimitClaim, RateLimitState } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';
import type { ApiParts } from '../context.ts';
import type { LimitStatus } from '../schemas/limit.ts';
import { claimsOfView } from './claims-of-view.ts';
import { refillAtOf } from './with-true-remaining.ts';

/** Reads the counters that the guard counts with, without counting. */
export async function readLimitStatus(ctx: Pick<ApiParts, 'tokens' | 'counter' | 'policy' | 'now'>, tokenId: number): Promise<LimitStatus> {
  const token = await ctx.tokens.get(tokenId);
  const claims = claimsOfView(token, ctx.policy.pools);
  const states = await ctx.counter.peek(claims, ctx.now());
  const windows = states.flatMap((state, index) => describeWindow(state, claims[index]));
  const own = windows.find(({ name }) => name === 'default');
  return {
    tokenId,
    enabled: own !== undefined,
    algorithm: token.rateLimitAlgorithm,
    windowMs: token.rateLimitWindowMs,
    limit: token.rateLimit,
    current: own?.current ?? 0,
    remaining: own?.remaining ?? null,
    resetAt: own?.resetAt ?? null,
    windows,
    quota: describeQuota(token),
  };
}

function describeWindow(state: RateLimitState, claim: LimitClaim | undefined): LimitStatus['windows'] {
  if (claim === undefined) return [];
  const { name, limit, windowMs, current, remaining, resetAt } = state;
  const reset = current === 0 ? null : isoInstant(resetAt);
  return [
    { name, shared: name.startsWith('pool:'), limit, windowMs, algorithm: claim.limit.algorithm, current, remaining, resetAt: reset },
  ];
}

function describeQuota(token: TokenView): LimitStatus['quota'] {
  const { remaining, refillAmount, refillInterval } = token;
  if (remaining === null) return null;
  const refillAt = refillAtOf(token);
  return { remaining, refillAmount, refillInterval, refillAt: refillAt === null ? null : isoInstant(refillAt) };
}

function isoInstant(at: number): string {
  return new Date(at).toISOString();
}
