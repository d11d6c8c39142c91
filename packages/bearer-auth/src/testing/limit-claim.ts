import type { Counter, LimitClaim, RateLimit, RateLimitState } from '@latchkey/core';

/** A claim on one window. Claims of one request must share the tag in braces: give `key` one, or use a single claim. */
export function aClaim(key: string, limit: RateLimit, name = 'default'): LimitClaim {
  return { key, name, limit };
}

/** Takes from a window that stands alone. */
export async function takeOne(counter: Counter, key: string, limit: RateLimit, now: number, cost = 1): Promise<RateLimitState> {
  return only(await counter.take([aClaim(key, limit)], cost, now));
}

/** Looks at a window that stands alone. */
export async function peekOne(counter: Counter, key: string, limit: RateLimit, now: number): Promise<RateLimitState> {
  return only(await counter.peek([aClaim(key, limit)], now));
}

function only(states: readonly RateLimitState[]): RateLimitState {
  const [state] = states;
  if (state === undefined || states.length !== 1) throw new Error(`One window was asked for, ${states.length} answered.`);
  return state;
}
