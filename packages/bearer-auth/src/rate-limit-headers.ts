import { decidingWindow, type QuotaState, type RateLimitState } from '@latchkey/core';

/** What is known of a token's limits when one of its requests was decided. */
export interface LimitsSeen {
  /** Every window that the request draws from. */
  readonly windows: readonly RateLimitState[];
  /** `null`: the token has no quota, or nobody looked. */
  readonly quota: QuotaState | null;
}

/**
 * The limits of an identified token as headers, names and values in turn. `X-RateLimit-*` show one window: the refusing one, else the one
 * with the least share left (Reset: the ISO-8601 UTC instant of its end). `RateLimit-Policy` and `RateLimit` of
 * draft-ietf-httpapi-ratelimit-headers-11 list every window by its name, and the quota as `quota`; their times are whole seconds. A quota that is
 * never refilled has no policy, because it has neither a window nor a fixed amount.
 * @param now epoch milliseconds.
 */
export function rateLimitHeaders({ windows, quota }: LimitsSeen, now: number): string[] {
  const deciding = decidingWindow(windows);
  const policies = [...windows.map(windowPolicy), ...quotaPolicy(quota)];
  const limits = [...windows.map((window) => windowLimit(window, now)), ...quotaLimit(quota, now)];
  return [
    ...(deciding === null ? [] : windowHeaders(deciding)),
    ...(policies.length === 0 ? [] : ['RateLimit-Policy', policies.join(', ')]),
    ...(limits.length === 0 ? [] : ['RateLimit', limits.join(', ')]),
  ];
}

function windowHeaders(state: RateLimitState): string[] {
  return [
    'X-RateLimit-Limit',
    String(state.limit),
    'X-RateLimit-Remaining',
    String(state.remaining),
    'X-RateLimit-Reset',
    new Date(state.resetAt).toISOString(),
  ];
}

function windowPolicy({ name, limit, windowMs }: RateLimitState): string {
  return `"${name}";q=${limit};w=${Math.ceil(windowMs / 1000)}`;
}

function windowLimit({ name, remaining, resetAt }: RateLimitState, now: number): string {
  return `"${name}";r=${remaining};t=${secondsUntil(resetAt, now)}`;
}

function quotaPolicy(quota: QuotaState | null): string[] {
  if (quota === null || quota.refillAmount === null || quota.refillIntervalMs === null) return [];
  return [`"quota";q=${quota.refillAmount};w=${Math.ceil(quota.refillIntervalMs / 1000)}`];
}

function quotaLimit(quota: QuotaState | null, now: number): string[] {
  if (quota === null || quota.outcome === 'unavailable') return [];
  return [`"quota";r=${quota.remaining}${quota.refillAt === null ? '' : `;t=${secondsUntil(quota.refillAt, now)}`}`];
}

/** Whole seconds until an instant, rounded up, never negative. */
export function secondsUntil(instant: number, now: number): number {
  return Math.max(0, Math.ceil((instant - now) / 1000));
}
