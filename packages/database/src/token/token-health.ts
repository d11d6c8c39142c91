import type { TokenHealth, TokenStatus } from './token-store.ts';

const DAY = 86_400_000;

/** When a token wants a look. Shares are of the running hour and the one before it, because that is what the rollup knows. */
export const HEALTH_THRESHOLDS = {
  rateLimitedShare: 0.05,
  failingShare: 0.1,
  /** Below this many requests a share of failures says nothing. */
  failingMinimum: 20,
  expiresSoonMs: 7 * DAY,
  idleMs: 30 * DAY,
} as const;

export interface TokenSigns {
  readonly status: TokenStatus;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly recentRequests: number;
  readonly recentRateLimited: number;
  /** 4xx without 429, and 5xx. */
  readonly recentFailures: number;
}

/** The first of the conditions that holds, most pressing first. */
export function assessHealth(signs: TokenSigns, now: number): TokenHealth {
  const { status, recentRequests, recentRateLimited, recentFailures, expiresAt, lastUsedAt } = signs;
  if (status !== 'active') return status;
  if (recentRequests > 0 && recentRateLimited >= recentRequests * HEALTH_THRESHOLDS.rateLimitedShare) return 'rate_limited';
  const judgeable = recentRequests >= HEALTH_THRESHOLDS.failingMinimum;
  if (judgeable && recentFailures >= recentRequests * HEALTH_THRESHOLDS.failingShare) return 'failing';
  if (expiresAt !== null && expiresAt - now <= HEALTH_THRESHOLDS.expiresSoonMs) return 'expires_soon';
  if (lastUsedAt === null) return 'never_used';
  return now - lastUsedAt >= HEALTH_THRESHOLDS.idleMs ? 'idle' : 'healthy';
}
