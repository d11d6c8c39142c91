import type { RateLimit, RateLimitState } from './rate-limit.ts';

/**
 * What a counter keeps of one token: small, mutable, the same for both algorithms. All instants are epoch milliseconds.
 * A window that is over is the same as none, so a counter may forget it then.
 */
export interface WindowState {
  /** Start of the running window. */
  openedAt: number;
  /** From here on nothing of it counts any more, by the limit of the last request. */
  endsAt: number;
  /** Counted in the running window. */
  count: number;
  /** Counted in the window before it (sliding only). */
  previous: number;
}

/** A state in which nothing was counted. */
export function emptyWindow(): WindowState {
  return { openedAt: 0, endsAt: 0, count: 0, previous: 0 };
}

/**
 * Counts one request in `state`, or refuses it and leaves the count alone (contract §4). A changed limit holds at once: `max` and
 * `windowMs` are those of `limit`, the count is what was counted so far.
 */
export function takeFromWindow(state: WindowState, limit: RateLimit, now: number): RateLimitState {
  advance(state, limit, now);
  const used = usedIn(state, limit, now);
  const allowed = used + 1 <= limit.max;
  if (allowed) state.count += 1;
  state.endsAt = endOf(state, limit);
  const after = allowed ? used + 1 : used;
  return describe(state, limit, now, { allowed, after, current: Math.floor(used) + 1 });
}

/** What `takeFromWindow` would start from, with nothing counted; `allowed` says whether a request would pass now. */
export function peekWindow(state: WindowState, limit: RateLimit, now: number): RateLimitState {
  const copy = { ...state };
  advance(copy, limit, now);
  const used = usedIn(copy, limit, now);
  return describe(copy, limit, now, { allowed: used + 1 <= limit.max, after: used, current: Math.floor(used) });
}

/** Brings a state to `now`: opens a new window where the old one is over. */
function advance(state: WindowState, limit: RateLimit, now: number): void {
  // A clock that was set back must not stretch a window.
  if (now < state.openedAt) state.openedAt = now;
  const elapsed = now - state.openedAt;
  const isSliding = limit.algorithm === 'sliding';
  if (now >= state.endsAt || elapsed >= limit.windowMs * (isSliding ? 2 : 1)) {
    state.openedAt = now;
    state.count = 0;
    state.previous = 0;
  } else if (isSliding && elapsed >= limit.windowMs) {
    state.openedAt += limit.windowMs;
    state.previous = state.count;
    state.count = 0;
  }
  if (!isSliding) state.previous = 0;
}

function usedIn(state: WindowState, limit: RateLimit, now: number): number {
  return state.count + state.previous * (1 - (now - state.openedAt) / limit.windowMs);
}

function endOf(state: WindowState, limit: RateLimit): number {
  return state.openedAt + limit.windowMs * (limit.algorithm === 'sliding' ? 2 : 1);
}

function describe(
  state: WindowState,
  limit: RateLimit,
  now: number,
  seen: { allowed: boolean; after: number; current: number },
): RateLimitState {
  return {
    allowed: seen.allowed,
    limit: limit.max,
    current: seen.current,
    remaining: Math.max(0, Math.floor(limit.max - seen.after)),
    resetAt: resetOf(state, limit, now, seen.after),
    windowMs: limit.windowMs,
  };
}

/** The end of the running window; in a sliding one that is used up, the first instant at which a request passes again. */
function resetOf(state: WindowState, limit: RateLimit, now: number, after: number): number {
  const end = state.openedAt + limit.windowMs;
  if (limit.algorithm === 'fixed' || after + 1 <= limit.max) return end;
  const room = limit.max - 1 - state.count;
  const passesAt = room >= 0 ? state.openedAt + waitFor(state.previous, room, limit) : end + waitFor(state.count, limit.max - 1, limit);
  return Math.max(now + 1, passesAt);
}

/** How long it takes until `counted` requests of the window before weigh at most `room`. */
function waitFor(counted: number, room: number, limit: RateLimit): number {
  return counted === 0 ? 0 : Math.ceil(limit.windowMs * (1 - room / counted));
}
