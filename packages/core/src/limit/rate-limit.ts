/** `fixed`: a window opened by the first counted request. `sliding`: the last `windowMs`, weighted over two fixed windows. */
export type RateLimitAlgorithm = 'fixed' | 'sliding';

/** At most `max` requests per `windowMs` milliseconds; a request of cost 5 counts as five. */
export interface RateLimit {
  readonly max: number;
  readonly windowMs: number;
  readonly algorithm: RateLimitAlgorithm;
}

/** One of several limits that hold at once: 10 a second and 500 a minute. */
export interface NamedLimit extends RateLimit {
  /** 1–50 of `A–Z a–z 0–9 _ -`; not `default` or `quota`, which the headers use themselves. */
  readonly name: string;
}

/** Limits that all tokens of one owner draw from together, by owner type; `*` stands for every type that is not named. */
export type OwnerPools = Readonly<Record<string, readonly NamedLimit[]>>;

/** `rate_limit` without a window means requests per minute (S4-014). */
export const DEFAULT_RATE_LIMIT: RateLimit = { max: 100, windowMs: 60_000, algorithm: 'fixed' };

/** One window that a request draws from: a limit, and the key under which it is counted. */
export interface LimitClaim {
  /** `{tag}:name`. All claims of one request share the tag, so that a cluster keeps them in one place. */
  readonly key: string;
  /** As headers and management show it: `default`, the limit's own name, or `pool:<name>`. */
  readonly name: string;
  readonly limit: RateLimit;
}

/** The state of one window after a request was counted or refused. */
export interface RateLimitState {
  /** Of the claim; `default` where a window stands alone. */
  readonly name: string;
  /** Whether this window has room for the request. */
  readonly allowed: boolean;
  readonly limit: number;
  /** Requests in the window, this one included even when it was refused here (S4-042). */
  readonly current: number;
  readonly remaining: number;
  /** Epoch milliseconds of the window's end. */
  readonly resetAt: number;
  readonly windowMs: number;
  /** Start of the window on the counter's own clock: how `giveBack` knows it again. */
  readonly openedAt: number;
}

/**
 * Counts requests against limits (port). A request is counted in all of its windows or in none: a refused one neither consumes nor extends
 * (contract §4). It passed where every state is `allowed`. States come in the order of the claims. A cost above a window's `max` takes the
 * whole window. A counter in this process answers at once; one across processes answers a promise.
 */
export interface Counter {
  take(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[] | Promise<RateLimitState[]>;
  /** The states without counting anything; `current` is what was counted so far, `allowed` whether a request of cost 1 would pass. */
  peek(claims: readonly LimitClaim[], now: number): RateLimitState[] | Promise<RateLimitState[]>;
  /**
   * Undoes a `take` that passed, for a request that was refused after it, and answers the states as `peek` does. `taken`: what `take`
   * answered. A window that is over meanwhile is left alone.
   */
  giveBack(
    claims: readonly LimitClaim[],
    taken: readonly RateLimitState[],
    cost: number,
    now: number,
  ): RateLimitState[] | Promise<RateLimitState[]>;
}
