import { emptyWindow, type WindowState } from '@latchkey/core';
import { KEY_WORDS } from './shared-keys.ts';
import { layoutOf, type SharedCounterMemory, SLOT_WORDS } from './shared-memory.ts';

/**
 * A hash table of windows in shared memory, in stripes. Whoever calls holds the stripe's lock. Every step leaves the table in a state from
 * which `repair` can make a good one, because a thread can be ended between any two of them.
 */
export interface SharedWindows {
  /** The slot of a key, or -1. `key`: where its digest begins in `keys`. */
  find(stripe: number, keys: Int32Array, key: number): number;
  /** A slot for a key that has none, with a window that is over. */
  open(stripe: number, keys: Int32Array, key: number, now: number): number;
  load(stripe: number, slot: number, into: WindowState): WindowState;
  save(stripe: number, slot: number, state: WindowState): void;
  /** After its holder ended: takes back what it had half done. */
  repair(stripe: number): void;
  readonly size: number;
  readonly evictions: number;
}

/** Words of a stripe's head; the first is its lock. */
const USED = 1;
const HAND = 2;
const EVICTIONS = 3;
/** The window that is being written, as it was before: slot + 1 (0: none), counts, and from word 8 on its instants. */
const UNDO_SLOT = 4;
const UNDO_COUNT = 5;
const UNDO_PREVIOUS = 6;
const UNDO_OPENED_AT = 8;
const UNDO_ENDS_AT = 10;

/** Words of a slot; the instants are doubles. */
const OPENED_AT = 0;
const ENDS_AT = 2;
const COUNT = 4;
const PREVIOUS = 5;
const NEXT = 6;
const KEY = 8;

/** As many as the counter in memory looks at. */
const SWEEP_PER_INSERT = 3;
const NOTHING: Readonly<WindowState> = emptyWindow();

/** The same memory as numbers of three kinds. */
export interface Views {
  readonly words: Int32Array;
  readonly counts: Uint32Array;
  readonly instants: Float64Array;
}

export function viewsOf({ buffer }: SharedCounterMemory): Views {
  const instants = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
  return { words: new Int32Array(buffer), counts: new Uint32Array(buffer), instants };
}

export function createSharedWindows(memory: SharedCounterMemory, { words, counts, instants } = viewsOf(memory)): SharedWindows {
  const { stripes, slotsPerStripe } = memory;
  const { buckets, slotsAt, stripeWords } = layoutOf(slotsPerStripe);

  const word = (at: number): number => words[at] ?? 0;
  const instant = (at: number): number => instants[at >> 1] ?? 0;
  const setInstant = (at: number, value: number): void => {
    instants[at >> 1] = value;
  };
  const headOf = (stripe: number): number => stripe * stripeWords;
  const slotOf = (stripe: number, slot: number): number => stripe * stripeWords + slotsAt + slot * SLOT_WORDS;
  /** The first word of a digest chooses the stripe, the second the chain. */
  const bucketOf = (stripe: number, hash: number): number => stripe * stripeWords + slotsAt - buckets + (hash & (buckets - 1));

  function find(stripe: number, keys: Int32Array, key: number): number {
    const first = word(bucketOf(stripe, keys[key + 1] ?? 0)) - 1;
    for (let slot = first; slot >= 0; slot = word(slotOf(stripe, slot) + NEXT) - 1) {
      if (isKey(slotOf(stripe, slot) + KEY, keys, key)) return slot;
    }
    return -1;
  }

  function isKey(at: number, keys: Int32Array, key: number): boolean {
    for (let each = 0; each < KEY_WORDS; each++) if (words[at + each] !== keys[key + each]) return false;
    return true;
  }

  function open(stripe: number, keys: Int32Array, key: number, now: number): number {
    sweep(stripe, now);
    if (word(headOf(stripe) + USED) === slotsPerStripe) makeRoom(stripe, now);
    const slot = word(headOf(stripe) + USED);
    const at = slotOf(stripe, slot);
    write(at, NOTHING);
    for (let each = 0; each < KEY_WORDS; each++) words[at + KEY + each] = keys[key + each] ?? 0;
    words[headOf(stripe) + USED] = slot + 1;
    link(stripe, slot);
    return slot;
  }

  function link(stripe: number, slot: number): void {
    const at = slotOf(stripe, slot);
    const bucket = bucketOf(stripe, word(at + KEY + 1));
    words[at + NEXT] = word(bucket);
    words[bucket] = slot + 1;
  }

  /** Does nothing where the slot is in no chain, as after a repair. */
  function unlink(stripe: number, slot: number): void {
    const at = slotOf(stripe, slot);
    let from = bucketOf(stripe, word(at + KEY + 1));
    while (word(from) !== 0 && word(from) !== slot + 1) from = slotOf(stripe, word(from) - 1) + NEXT;
    if (word(from) === slot + 1) words[from] = word(at + NEXT);
  }

  function sweep(stripe: number, now: number): void {
    const head = headOf(stripe);
    for (let look = 0; look < SWEEP_PER_INSERT && word(head + USED) > 0; look++) {
      const hand = word(head + HAND) >= word(head + USED) - 1 ? 0 : word(head + HAND) + 1;
      words[head + HAND] = hand;
      if (instant(slotOf(stripe, hand) + ENDS_AT) <= now) free(stripe, hand);
    }
  }

  /** The last slot moves into the free one, so that those in use stay together. Without a key while it is neither the one nor the other. */
  function free(stripe: number, slot: number): void {
    unlink(stripe, slot);
    const last = word(headOf(stripe) + USED) - 1;
    if (slot !== last) {
      const [to, from] = [slotOf(stripe, slot), slotOf(stripe, last)];
      words.fill(0, to + KEY, to + KEY + KEY_WORDS);
      words.copyWithin(to, from, from + KEY);
      unlink(stripe, last);
      words.copyWithin(to + KEY, from + KEY, from + KEY + KEY_WORDS);
      link(stripe, slot);
    }
    words[headOf(stripe) + USED] = last;
  }

  /** In a full stripe the window that ends first goes. Only here the cost grows with the number of windows. */
  function makeRoom(stripe: number, now: number): void {
    let first = 0;
    for (let slot = 1; slot < word(headOf(stripe) + USED); slot++) {
      if (instant(slotOf(stripe, slot) + ENDS_AT) < instant(slotOf(stripe, first) + ENDS_AT)) first = slot;
    }
    if (instant(slotOf(stripe, first) + ENDS_AT) > now) words[headOf(stripe) + EVICTIONS] = word(headOf(stripe) + EVICTIONS) + 1;
    free(stripe, first);
  }

  function load(stripe: number, slot: number, into: WindowState): WindowState {
    const at = slotOf(stripe, slot);
    into.openedAt = instant(at + OPENED_AT);
    into.endsAt = instant(at + ENDS_AT);
    into.count = counts[at + COUNT] ?? 0;
    into.previous = counts[at + PREVIOUS] ?? 0;
    return into;
  }

  function save(stripe: number, slot: number, state: WindowState): void {
    const head = headOf(stripe);
    const at = slotOf(stripe, slot);
    setInstant(head + UNDO_OPENED_AT, instant(at + OPENED_AT));
    setInstant(head + UNDO_ENDS_AT, instant(at + ENDS_AT));
    words[head + UNDO_COUNT] = word(at + COUNT);
    words[head + UNDO_PREVIOUS] = word(at + PREVIOUS);
    words[head + UNDO_SLOT] = slot + 1;
    write(at, state);
    words[head + UNDO_SLOT] = 0;
  }

  function write(at: number, { openedAt, endsAt, count, previous }: WindowState): void {
    setInstant(at + OPENED_AT, openedAt);
    setInstant(at + ENDS_AT, endsAt);
    counts[at + COUNT] = count;
    counts[at + PREVIOUS] = previous;
  }

  function repair(stripe: number): void {
    undo(stripe);
    const head = headOf(stripe);
    words.fill(0, bucketOf(stripe, 0), bucketOf(stripe, 0) + buckets);
    for (let slot = 0; slot < word(head + USED); slot++) {
      const key = slotOf(stripe, slot) + KEY;
      // One that was being moved is there twice, or has no key.
      const isWhole = words.subarray(key, key + KEY_WORDS).some((each) => each !== 0) && find(stripe, words, key) < 0;
      if (isWhole) link(stripe, slot);
      else discard(stripe, slot);
    }
  }

  function undo(stripe: number): void {
    const head = headOf(stripe);
    const slot = word(head + UNDO_SLOT) - 1;
    if (slot < 0) return;
    const at = slotOf(stripe, slot);
    setInstant(at + OPENED_AT, instant(head + UNDO_OPENED_AT));
    setInstant(at + ENDS_AT, instant(head + UNDO_ENDS_AT));
    words[at + COUNT] = word(head + UNDO_COUNT);
    words[at + PREVIOUS] = word(head + UNDO_PREVIOUS);
    words[head + UNDO_SLOT] = 0;
  }

  /** Leaves it to be swept. */
  function discard(stripe: number, slot: number): void {
    const at = slotOf(stripe, slot);
    words.fill(0, at + KEY, at + KEY + KEY_WORDS);
    write(at, NOTHING);
  }

  function sum(figure: number): number {
    let total = 0;
    for (let stripe = 0; stripe < stripes; stripe++) total += Atomics.load(words, headOf(stripe) + figure);
    return total;
  }

  return {
    find,
    open,
    load,
    save,
    repair,
    get size() {
      return sum(USED);
    },
    get evictions() {
      return sum(EVICTIONS);
    },
  };
}
