import { claimsOf, type LimitClaim, type OwnerPools } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';

/** The windows that the guard counts this token's requests in. */
export function claimsOfView(token: TokenView, pools: OwnerPools): LimitClaim[] {
  const { rateLimit: max, rateLimitWindowMs: windowMs, rateLimitAlgorithm: algorithm, rateLimitEnabled } = token;
  const rateLimit = rateLimitEnabled && max !== null ? { max, windowMs, algorithm } : null;
  return claimsOf({ ...token, rateLimit }, pools);
}
