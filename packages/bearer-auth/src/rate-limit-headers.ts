import type { RateLimitState } from '@latchkey/core';

/**
 * The rate limit of an identified token as headers, names and values in turn: `X-RateLimit-*` (Reset: the ISO-8601 UTC instant of the
 * window's end) and, beside them, `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11, whose times are whole seconds.
 * @param now epoch milliseconds.
 */
export function rateLimitHeaders(state: RateLimitState, now: number): string[] {
  return [
    'X-RateLimit-Limit',
    String(state.limit),
    'X-RateLimit-Remaining',
    String(state.remaining),
    'X-RateLimit-Reset',
    new Date(state.resetAt).toISOString(),
    'RateLimit-Policy',
    `"default";q=${state.limit};w=${Math.ceil(state.windowMs / 1000)}`,
    'RateLimit',
    `"default";r=${state.remaining};t=${secondsUntil(state.resetAt, now)}`,
  ];
}

/** Whole seconds until an instant, rounded up, never negative. */
export function secondsUntil(instant: number, now: number): number {
  return Math.max(0, Math.ceil((instant - now) / 1000));
}
