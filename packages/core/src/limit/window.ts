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
 * `windowMs` are those of `limit`, the count is what was counted so far. A cost above `max` takes the whole window, so that no request
 * is refused for ever.
 */
export function takeFromWindow(state: WindowState, limit: RateLimit, now: number, cost = 1, name = 'default'): RateLimitState {
  const charge = chargeOf(limit, cost);
  advance(state, limit, now);
  const used = usedIn(state, limit, now);
  const allowed = used + charge <= limit.max;
  if (allowed) state.count += charge;
  state.endsAt = endOf(state, limit);
  const after = allowed ? used + charge : used;
  return describe(state, limit, now, { name, allowed, after, current: Math.floor(used) + charge, next: allowed ? 1 : charge });
}

/** What `takeFromWindow` would start from, with nothing counted; `allowed` says whether a request of that cost would pass now. */
export function peekWindow(state: WindowState, limit: RateLimit, now: number, cost = 1, name = 'default'): RateLimitState {
  const charge = chargeOf(limit, cost);
  const copy = { ...state };
  advance(copy, limit, now);
  const used = usedIn(copy, limit, now);
  return describe(copy, limit, now, { name, allowed: used + charge <= limit.max, after: used, current: Math.floor(used), next: charge });
}

/** Whether a request would pass now. Allocates nothing, unlike `peekWindow`. */
export function hasRoom(state: WindowState, limit: RateLimit, now: number, cost: number): boolean {
  const { openedAt, endsAt, count, previous } = state;
  advance(state, limit, now);
  const isFree = usedIn(state, limit, now) + chargeOf(limit, cost) <= limit.max;
  state.openedAt = openedAt;
  state.endsAt = endsAt;
  state.count = count;
  state.previous = previous;
  return isFree;
}

/**
 * Takes a counted request out of its window again. `openedAt`: start of the window it was counted in; one that is over is left alone.
 * A window in which nothing is left is as if it had never been opened.
 */
export function giveBackToWindow(state: WindowState, limit: RateLimit, openedAt: number, cost: number): void {
  const charge = chargeOf(limit, cost);
  if (state.openedAt === openedAt) state.count = Math.max(0, state.count - charge);
  else if (limit.algorithm === 'sliding' && state.openedAt === openedAt + limit.windowMs) {
    state.previous = Math.max(0, state.previous - charge);
  } else return;
  if (state.count === 0 && state.previous === 0) state.endsAt = 0;
}

function chargeOf(limit: RateLimit, cost: number): number {
  return Math.min(cost, limit.max);
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

/** What a description is made of. `next`: the cost of the request that waits for the reset. */
interface Seen {
  readonly name: string;
  readonly allowed: boolean;
  readonly after: number;
  readonly current: number;
  readonly next: number;
}

function describe(state: WindowState, limit: RateLimit, now: number, seen: Seen): RateLimitState {
  return {
    name: seen.name,
    allowed: seen.allowed,
    limit: limit.max,
    current: seen.current,
    remaining: Math.max(0, Math.floor(limit.max - seen.after)),
    resetAt: resetOf(state, limit, now, seen),
    windowMs: limit.windowMs,
    openedAt: state.openedAt,
  };
}

/** The end of the running window; in a sliding one that is used up, the first instant at which the next request passes. */
function resetOf(state: WindowState, limit: RateLimit, now: number, { after, next }: Seen): number {
  const end = state.openedAt + limit.windowMs;
  if (limit.algorithm === 'fixed' || after + next <= limit.max) return end;
  const room = limit.max - next - state.count;
  const passesAt = room >= 0 ? state.openedAt + waitFor(state.previous, room, limit) : end + waitFor(state.count, limit.max - next, limit);
  return Math.max(now + 1, passesAt);
}

/** How long it takes until `counted` requests of the window before weigh at most `room`. */
function waitFor(counted: number, room: number, limit: RateLimit): number {
  return counted === 0 ? 0 : Math.ceil(limit.windowMs * (1 - room / counted));
}
