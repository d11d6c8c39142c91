import type { RateLimitState } from './rate-limit.ts';

/**
 * The window that speaks for all of a request: where it was refused, the refusing one that opens last, because only then the request can
 * pass; else the one with the least share left. The first of equals. `null`: there are no windows.
 */
export function decidingWindow(windows: readonly RateLimitState[]): RateLimitState | null {
  let deciding: RateLimitState | null = null;
  for (const window of windows) if (deciding === null || isBefore(window, deciding)) deciding = window;
  return deciding;
}

function isBefore(a: RateLimitState, b: RateLimitState): boolean {
  if (a.allowed !== b.allowed) return !a.allowed;
  return a.allowed ? a.remaining / a.limit < b.remaining / b.limit : a.resetAt > b.resetAt;
}

/** Whether a request passed all of its windows. */
export function passedAll(windows: readonly RateLimitState[]): boolean {
  for (const window of windows) if (!window.allowed) return false;
  return true;
}
