/** `fixed`: a window opened by the first counted request. `sliding`: the last `windowMs`, weighted over two fixed windows. */
export type RateLimitAlgorithm = 'fixed' | 'sliding';

/** At most `max` requests per `windowMs` milliseconds. */
export interface RateLimit {
  readonly max: number;
  readonly windowMs: number;
  readonly algorithm: RateLimitAlgorithm;
}

/** `rate_limit` without a window means requests per minute (S4-014). */
export const DEFAULT_RATE_LIMIT: RateLimit = { max: 100, windowMs: 60_000, algorithm: 'fixed' };

/** The state of one window after a request was counted or refused. */
export interface RateLimitState {
  readonly allowed: boolean;
  readonly limit: number;
  /** Requests in the window, this one included even when it was refused (S4-042). */
  readonly current: number;
  readonly remaining: number;
  /** Epoch milliseconds of the window's end. */
  readonly resetAt: number;
  readonly windowMs: number;
}

/**
 * Counts requests against a limit (port). A refused request neither consumes nor extends (contract §4).
 * A counter in this process answers at once; one across processes answers a promise.
 */
export interface Counter {
  take(key: string, limit: RateLimit, now: number): RateLimitState | Promise<RateLimitState>;
  /** The state without counting anything; `current` is what was counted so far. */
  peek(key: string, limit: RateLimit, now: number): RateLimitState | Promise<RateLimitState>;
}
