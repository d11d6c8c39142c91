import {
  type Counter,
  emptyWindow,
  giveBackToWindow,
  hasRoom,
  type LimitClaim,
  peekWindow,
  type RateLimitState,
  takeFromWindow,
  type WindowState,
} from '@latchkey/core';
import { type AwayWindow, type BookEntry, leaveServer, type WindowBook } from './window-book.ts';

/** Something about one window that the server has not heard of. */
export interface Untold {
  /** `add`: requests that this process let pass. `give`: one that the server counted, and that was refused after all. */
  readonly operation: 'add' | 'give';
  readonly claim: LimitClaim;
  readonly entry: BookEntry;
  /** On the server's clock. For `give` only the start of the window matters. */
  readonly given: { readonly openedAt: number; readonly count: number; readonly previous: number };
  readonly cost: number;
}

/** Counts this process' share of limits while the server that all share is away. */
export interface ShareCounter extends Counter {
  take(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[];
  peek(claims: readonly LimitClaim[], now: number): RateLimitState[];
  giveBack(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number, now: number): RateLimitState[];
  /** The server has counted a request after all that passed here as `taken`: it needs not be told of it. */
  forget(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number): void;
  /** The server has given back after all what was `taken`: it needs not be told of that either. */
  forgetReturn(taken: readonly RateLimitState[]): void;
  /** Answers everything once, in the order in which it has to be told: whoever asks tells the server, or puts it back. */
  drain(): Untold[];
  putBack(untold: readonly Untold[]): void;
  /** Takes over what the server was not told of an earlier absence: it was granted, as if it had been here. */
  inherit(untold: readonly Untold[]): void;
}

export interface ShareCounterOptions {
  readonly book: WindowBook;
  /** How many processes count for themselves. */
  readonly liveGateways: () => number;
  /** What to add to the caller's time to get the server's. */
  readonly clockOffset: number;
}

/**
 * Every grant is counted as if each of the `liveGateways` had granted the same. So a new window lets limit ÷ gateways pass here, rounded down and
 * at least one; and one that was open when the server went away lets (limit − what was seen of it) ÷ gateways pass, or nothing.
 */
export function createShareCounter({ book, liveGateways, clockOffset }: ShareCounterOptions): ShareCounter {
  const touched = new Map<BookEntry, LimitClaim>();
  const returned = new Map<readonly RateLimitState[], Untold[]>();
  const takenHere = new WeakSet<readonly RateLimitState[]>();
  const outage = Symbol('outage');
  const gateways = (): number => Math.max(1, Math.floor(liveGateways()) || 1);

  /** What an earlier absence of the server left behind is of no use: the server has been told. */
  function awayIn(entry: BookEntry): AwayWindow {
    return entry.away?.outage === outage ? entry.away : leaveServer(entry, outage);
  }

  function enter({ key }: LimitClaim): AwayWindow {
    const entry = book.enter(key);
    entry.away = awayIn(entry);
    return entry.away;
  }

  function find({ key }: LimitClaim): AwayWindow | undefined {
    const entry = book.find(key);
    return entry === undefined ? undefined : awayIn(entry);
  }

  function take(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[] {
    const [at, share] = [now + clockOffset, gateways()];
    const windows = claims.map(enter);
    const free = windows.map(({ window }, index) => hasRoom(window, limitOf(claims, index), at, cost * share));
    const passes = free.every(Boolean);
    const states = windows.map((away, index) => {
      const { name, limit } = claims[index] as LimitClaim;
      if (!passes && free[index]) return toCaller(peekWindow(away.window, limit, at, cost * share, name), share);
      const state = takeFromWindow(away.window, limit, at, cost * share, name);
      if (passes) note(claims[index] as LimitClaim, away, cost);
      return toCaller(state, share);
    });
    if (passes) takenHere.add(states);
    book.sweep(at);
    return states;
  }

  function note(claim: LimitClaim, { window, granted }: AwayWindow, cost: number): void {
    follow(granted, window.openedAt, claim);
    granted.count += Math.min(cost, claim.limit.max);
    const entry = book.find(claim.key);
    if (entry !== undefined) touched.set(entry, claim);
  }

  function peek(claims: readonly LimitClaim[], now: number): RateLimitState[] {
    const [at, share] = [now + clockOffset, gateways()];
    return claims.map((claim) => {
      const window = find(claim)?.window ?? emptyWindow();
      return toCaller(peekWindow(window, claim.limit, at, share, claim.name), share);
    });
  }

  /** What the server counted is not taken out of what this process granted: the server is told of it later. */
  function giveBack(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number, now: number): RateLimitState[] {
    const isOurs = takenHere.delete(taken);
    const untold: Untold[] = [];
    for (const [index, claim] of claims.entries()) {
      const openedAt = taken[index]?.openedAt;
      if (openedAt === undefined) continue;
      const away = enter(claim);
      giveBackToWindow(away.window, claim.limit, openedAt, isOurs ? cost * gateways() : cost);
      if (isOurs) giveBackToWindow(away.granted, claim.limit, openedAt, Math.min(cost, claim.limit.max));
      else untold.push({ operation: 'give', claim, entry: book.enter(claim.key), given: { openedAt, count: 0, previous: 0 }, cost });
    }
    if (untold.length > 0) returned.set(taken, untold);
    return peek(claims, now);
  }

  function forget(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number): void {
    for (const [index, claim] of claims.entries()) {
      const [granted, openedAt] = [find(claim)?.granted, taken[index]?.openedAt];
      if (granted === undefined || openedAt === undefined) continue;
      giveBackToWindow(granted, claim.limit, openedAt, Math.min(cost, claim.limit.max));
    }
  }

  /** States are told in the caller's time, and what is left is what would still pass here. */
  function toCaller(state: RateLimitState, share: number): RateLimitState {
    return { ...state, remaining: Math.floor(state.remaining / share), resetAt: state.resetAt - clockOffset };
  }

  function drain(): Untold[] {
    const untold = [...returned.values()].flat();
    returned.clear();
    for (const [entry, claim] of touched) {
      const granted = entry.away?.granted;
      if (granted === undefined || granted.count + granted.previous === 0) continue;
      untold.push({ operation: 'add', claim, entry, given: { ...granted }, cost: 1 });
      granted.count = 0;
      granted.previous = 0;
    }
    touched.clear();
    return untold;
  }

  function putBack(untold: readonly Untold[]): void {
    for (const one of untold) {
      if (one.operation === 'give') returned.set([], [one]);
      else putBackGrant(one);
    }
  }

  function putBackGrant({ claim, entry, given }: Untold): void {
    const granted = entry.away?.granted;
    if (granted === undefined) return;
    touched.set(entry, claim);
    addGrants(granted, given, claim, 1);
  }

  function inherit(untold: readonly Untold[]): void {
    for (const one of untold) {
      const { window, granted } = enter(one.claim);
      if (one.operation === 'give') returned.set([], [one]);
      else {
        addGrants(window, one.given, one.claim, gateways());
        addGrants(granted, one.given, one.claim, 1);
        touched.set(book.enter(one.claim.key), one.claim);
      }
    }
  }

  return { take, peek, giveBack, forget, forgetReturn: (taken) => returned.delete(taken), drain, putBack, inherit };
}

function limitOf(claims: readonly LimitClaim[], index: number): LimitClaim['limit'] {
  return (claims[index] as LimitClaim).limit;
}

/** Counts what was granted, each as if it were `times` as much, in the window that it was granted in, where that still counts. */
function addGrants(state: WindowState, given: Untold['given'], { limit }: LimitClaim, times: number): void {
  const isSliding = limit.algorithm === 'sliding';
  if (state.openedAt < given.openedAt) {
    state.previous = isSliding && state.openedAt + limit.windowMs === given.openedAt ? state.count : 0;
    state.count = 0;
    state.openedAt = given.openedAt;
    state.endsAt = given.openedAt + limit.windowMs * (isSliding ? 2 : 1);
  }
  if (state.openedAt === given.openedAt) {
    state.count += given.count * times;
    state.previous += given.previous * times;
  } else if (isSliding && state.openedAt === given.openedAt + limit.windowMs) {
    state.previous += given.count * times;
  }
}

/** Brings this process' grants to the window they are counted in now. */
function follow(granted: AwayWindow['granted'], openedAt: number, { limit }: LimitClaim): void {
  if (granted.openedAt === openedAt) return;
  const isNext = limit.algorithm === 'sliding' && openedAt === granted.openedAt + limit.windowMs;
  granted.previous = isNext ? granted.count : 0;
  granted.count = 0;
  granted.openedAt = openedAt;
}
