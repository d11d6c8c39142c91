import { setTimeout as delay } from 'node:timers/promises';
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
import { createSharedKeys } from './shared-keys.ts';
import { createSharedLocks } from './shared-locks.ts';
import { layoutOf, type SharedCounterMemory } from './shared-memory.ts';
import { createSharedWindows } from './shared-windows.ts';

/**
 * A counter that all threads of a process share: together they let exactly as many requests pass as one would. Answers at once; a promise
 * only where another thread was stopped by the system, or ended, in the middle of counting.
 */
export interface SharedCounter extends Counter {
  /** Windows held by all threads, those included that are over and not swept yet. */
  readonly size: number;
  /** Live windows that had to go because there was no room; their tokens got a fresh window. */
  readonly evictions: number;
  /**
   * To be called by another thread when one has ended: what it was counting at that moment is taken back and its locks are free again. Answers
   * how many it held. Of a request with several windows that died with its thread some may stay counted: a limit is never passed by it.
   */
  releaseHolder(holder: number): number;
}

/** Where the threads of a process count together, and which of them this is. */
export interface SharedCounterOptions {
  readonly memory: SharedCounterMemory;
  /** This thread: a whole number of at least 1 that no other has, nor one that ended before. */
  readonly holder: number;
}

const RETRY_MS = 1;
const NOTHING: Readonly<WindowState> = emptyWindow();

/**
 * The counter of one thread over memory that others count in, too. Its rules are those of the counter in memory, its windows lie in a hash
 * table in parts, each with a lock; a request takes the locks of all of its windows, in the order of the parts, so that no two wait for each other.
 * Below `maxKeys` no live window is ever forgotten; where a part is full, its window that ends first makes room.
 *
 * @throws RangeError where `holder` is none.
 */
export function createSharedCounter({ memory, holder }: SharedCounterOptions): SharedCounter {
  if (!Number.isInteger(holder) || holder < 1) throw new RangeError('holder must be a whole number of at least 1.');
  const { stripeWords } = layoutOf(memory.slotsPerStripe);
  const keys = createSharedKeys(memory.seed);
  const locks = createSharedLocks(new Int32Array(memory.buffer), stripeWords, holder);
  const windows = createSharedWindows(memory);
  const scratch: WindowState = emptyWindow();
  /** Of the request at hand, in the order of its claims: where the keys are, and the slots, -1 for those without one. */
  const places: number[] = [];
  const slots: number[] = [];

  const stripeOf = (place: number): number => (keys.words[place] ?? 0) & (memory.stripes - 1);

  /** `false`: nothing is locked. */
  function lock(claims: readonly LimitClaim[]): boolean {
    keys.reserve(claims.length);
    places.length = claims.length;
    for (let index = 0; index < claims.length; index++) {
      const place = keys.find(claims[index]?.key ?? '');
      places[index] = place;
      locks.need(stripeOf(place));
    }
    if (!locks.acquire()) return false;
    locate(claims.length);
    return true;
  }

  function locate(count: number): void {
    for (let index = 0; index < count; index++) {
      const place = places[index] ?? 0;
      slots[index] = windows.find(stripeOf(place), keys.words, place);
    }
  }

  function takeLocked(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[] {
    const [only] = claims;
    if (claims.length === 1 && only !== undefined) return [takeFrom(0, only, cost, now)];
    const isFree = claims.every(({ limit }, index) => hasRoom(read(index), limit, now, cost));
    return claims.map((claim, index) => {
      // A refused request leaves the windows alone that had room for it.
      if (!isFree && hasRoom(read(index), claim.limit, now, cost)) return peekWindow(read(index), claim.limit, now, cost, claim.name);
      return takeFrom(index, claim, cost, now);
    });
  }

  function takeFrom(index: number, { limit, name }: LimitClaim, cost: number, now: number): RateLimitState {
    const stripe = stripeOf(places[index] ?? 0);
    const slot = slots[index] ?? -1;
    const used = slot < 0 ? open(index, now) : slot;
    const state = takeFromWindow(windows.load(stripe, used, scratch), limit, now, cost, name);
    windows.save(stripe, used, scratch);
    return state;
  }

  function open(index: number, now: number): number {
    const place = places[index] ?? 0;
    const slot = windows.open(stripeOf(place), keys.words, place, now);
    // Others may have moved to fill the places of windows that are over.
    locate(places.length);
    return slot;
  }

  function peekLocked(claims: readonly LimitClaim[], now: number): RateLimitState[] {
    return claims.map(({ limit, name }, index) => peekWindow(read(index), limit, now, 1, name));
  }

  function giveBackLocked(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number, now: number): RateLimitState[] {
    for (const [index, { limit }] of claims.entries()) {
      const stripe = stripeOf(places[index] ?? 0);
      const slot = slots[index] ?? -1;
      const openedAt = taken[index]?.openedAt;
      if (slot < 0 || openedAt === undefined) continue;
      giveBackToWindow(windows.load(stripe, slot, scratch), limit, openedAt, cost);
      windows.save(stripe, slot, scratch);
    }
    return peekLocked(claims, now);
  }

  /** The window of a claim for looking at; it is overwritten by the next look. */
  function read(index: number): WindowState {
    const slot = slots[index] ?? -1;
    return slot < 0 ? Object.assign(scratch, NOTHING) : windows.load(stripeOf(places[index] ?? 0), slot, scratch);
  }

  /** This thread does not stand still for another: its event loop runs on, and with it whoever calls `releaseHolder`. */
  async function later(claims: readonly LimitClaim[], count: () => RateLimitState[]): Promise<RateLimitState[]> {
    do await delay(RETRY_MS);
    while (!lock(claims));
    try {
      return count();
    } finally {
      locks.release();
    }
  }

  function take(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[] | Promise<RateLimitState[]> {
    if (!lock(claims)) return later(claims, () => takeLocked(claims, cost, now));
    try {
      return takeLocked(claims, cost, now);
    } finally {
      locks.release();
    }
  }

  function peek(claims: readonly LimitClaim[], now: number): RateLimitState[] | Promise<RateLimitState[]> {
    if (!lock(claims)) return later(claims, () => peekLocked(claims, now));
    try {
      return peekLocked(claims, now);
    } finally {
      locks.release();
    }
  }

  const giveBack: SharedCounter['giveBack'] = (claims, taken, cost, now) => {
    if (!lock(claims)) return later(claims, () => giveBackLocked(claims, taken, cost, now));
    try {
      return giveBackLocked(claims, taken, cost, now);
    } finally {
      locks.release();
    }
  };

  function releaseHolder(ended: number): number {
    let held = 0;
    for (let stripe = 0; stripe < memory.stripes; stripe++) {
      if (!locks.isHeldBy(stripe, ended)) continue;
      held += 1;
      windows.repair(stripe);
      locks.free(stripe);
    }
    return held;
  }

  return {
    take,
    peek,
    giveBack,
    releaseHolder,
    get size() {
      return windows.size;
    },
    get evictions() {
      return windows.evictions;
    },
  };
}
