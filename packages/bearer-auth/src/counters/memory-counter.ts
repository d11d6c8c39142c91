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

/** A counter in this process: it answers at once, and is exact because nothing runs between reading and writing a window. */
export interface MemoryCounter extends Counter {
  take(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[];
  peek(claims: readonly LimitClaim[], now: number): RateLimitState[];
  giveBack(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number, now: number): RateLimitState[];
  /** Windows held, those included that are over and not swept yet. */
  readonly size: number;
  /** Live windows that had to go because `maxKeys` of them were open at once; their tokens got a fresh window. */
  readonly evictions: number;
}

/** Bounds of a counter in memory. */
export interface MemoryCounterOptions {
  /**
   * How many windows may be open at once. Default 1,000,000. Below it no live window is ever forgotten; at it, the window that ends
   * first makes room, so that its token may get up to its limit once more.
   */
  readonly maxKeys?: number;
}

/** Slots looked at for a window that is over, each time a new one is opened: more than one, so that sweeping outpaces growth. */
const SWEEP_PER_INSERT = 3;
const FIRST_CAPACITY = 1_024;
const NOTHING: Readonly<WindowState> = emptyWindow();

/** Fixed and sliding windows in one flat array: about 100 bytes a token instead of an object each. */
export function createMemoryCounter(options: MemoryCounterOptions = {}): MemoryCounter {
  const { maxKeys = 1_000_000 } = options;
  if (!Number.isInteger(maxKeys) || maxKeys < 1) throw new RangeError('maxKeys must be a whole number of at least 1.');
  const slotByKey = new Map<string, number>();
  let windows = createSlots(Math.min(FIRST_CAPACITY, maxKeys));
  let used = 0;
  let hand = 0;
  let evictions = 0;
  const scratch: WindowState = emptyWindow();

  function load(slot: number): WindowState {
    const at = slot * WIDTH;
    scratch.openedAt = windows.states[at] ?? 0;
    scratch.endsAt = windows.states[at + ENDS_AT] ?? 0;
    scratch.count = windows.states[at + 2] ?? 0;
    scratch.previous = windows.states[at + 3] ?? 0;
    return scratch;
  }

  function save(slot: number, state: WindowState): void {
    const at = slot * WIDTH;
    windows.states[at] = state.openedAt;
    windows.states[at + ENDS_AT] = state.endsAt;
    windows.states[at + 2] = state.count;
    windows.states[at + 3] = state.previous;
  }

  function endOf(slot: number): number {
    return windows.states[slot * WIDTH + ENDS_AT] ?? 0;
  }

  function take(claims: readonly LimitClaim[], cost: number, now: number): RateLimitState[] {
    const [only] = claims;
    // The usual case needs no first look: there is no other window that could refuse.
    if (claims.length === 1 && only !== undefined) return [takeClaim(only, cost, now)];
    const isFree = claims.every(({ key, limit }) => hasRoom(find(key), limit, now, cost));
    return claims.map((claim) => {
      // A refused request leaves the windows alone that had room for it.
      if (!isFree && hasRoom(find(claim.key), claim.limit, now, cost)) return peekClaim(claim, now, cost);
      return takeClaim(claim, cost, now);
    });
  }

  function takeClaim({ key, name, limit }: LimitClaim, cost: number, now: number): RateLimitState {
    const slot = slotByKey.get(key) ?? open(key, now);
    const window = load(slot);
    const state = takeFromWindow(window, limit, now, cost, name);
    save(slot, window);
    return state;
  }

  function peek(claims: readonly LimitClaim[], now: number): RateLimitState[] {
    return claims.map((claim) => peekClaim(claim, now));
  }

  function peekClaim({ key, name, limit }: LimitClaim, now: number, cost = 1): RateLimitState {
    return peekWindow(find(key), limit, now, cost, name);
  }

  function giveBack(claims: readonly LimitClaim[], taken: readonly RateLimitState[], cost: number, now: number): RateLimitState[] {
    for (const [index, { key, limit }] of claims.entries()) {
      const slot = slotByKey.get(key);
      const openedAt = taken[index]?.openedAt;
      if (slot === undefined || openedAt === undefined) continue;
      const window = load(slot);
      giveBackToWindow(window, limit, openedAt, cost);
      save(slot, window);
    }
    return peek(claims, now);
  }

  /** The window of a key for looking at; it is overwritten by the next look. */
  function find(key: string): WindowState {
    const slot = slotByKey.get(key);
    return slot === undefined ? Object.assign(scratch, NOTHING) : load(slot);
  }

  function open(key: string, now: number): number {
    sweep(now);
    const slot = used < maxKeys ? append() : makeRoom(now);
    windows.keys[slot] = key;
    windows.states[slot * WIDTH + ENDS_AT] = 0;
    slotByKey.set(key, slot);
    return slot;
  }

  function append(): number {
    if (used * WIDTH === windows.states.length) windows = growSlots(windows, Math.min(maxKeys, used * 2));
    return used++;
  }

  function sweep(now: number): void {
    for (let look = 0; look < SWEEP_PER_INSERT && used > 0; look++) {
      hand = hand >= used - 1 ? 0 : hand + 1;
      if (endOf(hand) <= now) release(hand);
    }
  }

  /** Frees a slot by moving the last one into it, so that the slots in use stay together. */
  function release(slot: number): void {
    slotByKey.delete(windows.keys[slot] ?? '');
    const last = --used;
    if (slot !== last) {
      save(slot, load(last));
      const moved = windows.keys[last] ?? '';
      windows.keys[slot] = moved;
      slotByKey.set(moved, slot);
    }
    windows.keys[last] = '';
  }

  /** At the bound: the window that ends first goes. Only here the cost grows with the number of windows. */
  function makeRoom(now: number): number {
    let first = 0;
    for (let slot = 1; slot < used; slot++) {
      if (endOf(slot) < endOf(first)) first = slot;
    }
    if (endOf(first) > now) evictions++;
    release(first);
    return append();
  }

  return {
    take,
    peek,
    giveBack,
    get size() {
      return used;
    },
    get evictions() {
      return evictions;
    },
  };
}

/** What is kept of one window: `openedAt`, `endsAt`, `count` and `previous`, side by side, so that a request finds all of it in one place. */
const WIDTH = 4;
const ENDS_AT = 1;

interface Slots {
  readonly keys: string[];
  readonly states: Float64Array;
}

function createSlots(capacity: number): Slots {
  return { keys: [], states: new Float64Array(capacity * WIDTH) };
}

function growSlots({ keys, states }: Slots, capacity: number): Slots {
  const grown: Slots = { ...createSlots(capacity), keys };
  grown.states.set(states);
  return grown;
}
