import type { Counter, LimitClaim, RateLimit } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeCounter } from '../testing/counter-contract.ts';
import { aClaim, peekOne, takeOne } from '../testing/limit-claim.ts';
import { createMemoryCounter } from './memory-counter.ts';
import { createSharedCounter } from './shared-counter.ts';
import { createSharedKeys } from './shared-keys.ts';
import { createSharedCounterMemory, type SharedCounterMemory, type SharedCounterMemoryOptions } from './shared-memory.ts';
import { createSharedWindows, type Views, viewsOf } from './shared-windows.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const ONE = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;

function open(options: SharedCounterMemoryOptions = { maxKeys: 100_000 }) {
  const memory = createSharedCounterMemory(options);
  return { memory, counter: createSharedCounter({ memory, holder: 1 }) };
}

describeCounter('shared memory', async () => ({ counter: open().counter, close: async () => {} }), 500);

describe('the counter in memory is its model', () => {
  interface Step {
    readonly operation: 'take' | 'peek' | 'give';
    readonly afterMs: number;
    readonly windows: readonly { readonly key: number; readonly limit: RateLimit }[];
    readonly cost: number;
    readonly thread: number;
  }

  function history(windowMs: fc.Arbitrary<number>, earliestMs: number): fc.Arbitrary<Step[]> {
    const limit: fc.Arbitrary<RateLimit> = fc.record({
      max: fc.integer({ min: 1, max: 6 }),
      windowMs,
      algorithm: fc.constantFrom('fixed', 'sliding'),
    });
    const key = fc.integer({ min: 0, max: 30 });
    const step: fc.Arbitrary<Step> = fc.record({
      operation: fc.constantFrom('take', 'take', 'take', 'peek', 'give'),
      afterMs: fc.integer({ min: earliestMs, max: 900 }),
      windows: fc.uniqueArray(fc.record({ key, limit }), { maxLength: 5, selector: (window) => window.key }),
      cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 8 })),
      thread: fc.integer({ min: 0, max: 2 }),
    });
    return fc.array(step, { maxLength: 80 });
  }

  async function compare(steps: readonly Step[], stripes: number): Promise<void> {
    const memory = createSharedCounterMemory({ maxKeys: 64, stripes });
    const threads = [1, 2, 3].map((holder) => createSharedCounter({ memory, holder }));
    const model = createMemoryCounter({ maxKeys: 64 });
    let now = NOON;
    let last: { claims: LimitClaim[]; cost: number } | null = null;
    for (const { operation, afterMs, windows, cost, thread } of steps) {
      now += afterMs;
      const claims = windows.map(({ key, limit }) => aClaim(`{t}:${key}`, limit));
      const counter = threads[thread] as Counter;
      if (operation === 'take') {
        expect(await counter.take(claims, cost, now)).toEqual(model.take(claims, cost, now));
        last = { claims, cost };
      } else if (operation === 'give' && last !== null) {
        const taken = model.peek(last.claims, now);
        expect(await counter.giveBack(last.claims, taken, last.cost, now)).toEqual(model.giveBack(last.claims, taken, last.cost, now));
      } else {
        expect(await counter.peek(claims, now)).toEqual(model.peek(claims, now));
      }
    }
  }

  it.each([
    { clock: 'goes on', windowMs: fc.constantFrom(100, 1_000, 1_500), earliestMs: 0 },
    // Of windows that are over nothing need be known when the clock is set back into them.
    { clock: 'is set back', windowMs: fc.constantFrom(100_000, 200_000), earliestMs: -400 },
  ])('over random histories of many keys, whichever thread counts, while the clock $clock', async ({ windowMs, earliestMs }) => {
    await fc.assert(
      fc.asyncProperty(history(windowMs, earliestMs), fc.constantFrom(1, 2, 16), (steps, stripes) => compare(steps, stripes)),
      { numRuns: 100 },
    );
  });
});

describe('memory is bounded', () => {
  it('sweeps windows that are over while new ones are opened', async () => {
    const { counter } = open({ maxKeys: 30_000 });
    for (let token = 0; token < 10_000; token++) await takeOne(counter, `old-${token}`, ONE, NOON);
    for (let token = 0; token < 10_000; token++) await takeOne(counter, `new-${token}`, ONE, NOON + 60_000);
    expect(counter.size).toBeLessThan(12_000);
    for (let token = 0; token < 10_000; token++) expect((await takeOne(counter, `new-${token}`, ONE, NOON + 60_001)).allowed).toBe(false);
  });

  it('never forgets a live window below maxKeys, whatever the order', async () => {
    const { counter } = open({ maxKeys: 20_000, stripes: 64 });
    for (let token = 0; token < 20_000; token++) await takeOne(counter, `t${token}`, { ...ONE, windowMs: 1_000 + token }, NOON);
    for (let token = 20_000 - 1; token >= 0; token--)
      expect((await takeOne(counter, `t${token}`, { ...ONE, windowMs: 1_000 + token }, NOON + 999)).allowed).toBe(false);
    expect(counter).toMatchObject({ size: 20_000, evictions: 0 });
  });

  it('where there is no room, the window that ends first makes some, and that is counted', async () => {
    const { counter } = open({ maxKeys: 3 });
    for (const [key, windowMs] of [
      ['a', 3_000],
      ['b', 1_000],
      ['c', 2_000],
      ['d', 4_000],
    ] as const)
      await takeOne(counter, key, { ...ONE, windowMs }, NOON);
    expect(counter).toMatchObject({ size: 3, evictions: 1 });
    expect((await takeOne(counter, 'a', { ...ONE, windowMs: 3_000 }, NOON)).allowed).toBe(false);
    expect(await peekOne(counter, 'b', { ...ONE, windowMs: 1_000 }, NOON)).toMatchObject({ allowed: true, current: 0 });
  });

  it('a window that is over makes room before a live one', async () => {
    const { counter } = open({ maxKeys: 2 });
    await takeOne(counter, 'short', { ...ONE, windowMs: 10 }, NOON);
    await takeOne(counter, 'long', ONE, NOON);
    await takeOne(counter, 'new', ONE, NOON + 10);
    expect(counter.evictions).toBe(0);
    expect((await takeOne(counter, 'long', ONE, NOON + 11)).allowed).toBe(false);
  });

  it('also of what a thread remembers of keys: more of them than it can remember are counted all the same', async () => {
    const { counter } = open({ maxKeys: 200_000 });
    for (let token = 0; token < 140_000; token++) await takeOne(counter, `t${token}`, ONE, NOON);
    expect(counter.size).toBe(140_000);
    for (const token of [0, 65_535, 65_536, 139_999]) expect((await takeOne(counter, `t${token}`, ONE, NOON)).allowed).toBe(false);
  });

  it.each([{ maxKeys: 0 }, { maxKeys: 1.5 }, { maxKeys: 200_000_000 }, { stripes: 3 }, { stripes: 0 }])(
    'refuses bounds that are none: %j',
    (options) => {
      expect(() => createSharedCounterMemory(options)).toThrow(/^(maxKeys|stripes) must be/);
    },
  );

  it('refuses a thread without a number', () => {
    expect(() => createSharedCounter({ memory: createSharedCounterMemory(), holder: 0 })).toThrow(RangeError);
  });
});

describe('keys are told apart', () => {
  it('that differ in half a surrogate pair only', async () => {
    const { counter } = open();
    expect((await takeOne(counter, '\ud800', ONE, NOON)).allowed).toBe(true);
    expect((await takeOne(counter, '\ud801', ONE, NOON)).allowed).toBe(true);
    expect((await takeOne(counter, '\ud800', ONE, NOON)).allowed).toBe(false);
  });

  it('whose digests differ in their last bit, in one chain', () => {
    const memory = createSharedCounterMemory({ maxKeys: 10 });
    const windows = createSharedWindows(memory);
    const keys = createSharedKeys('', (text) => Buffer.alloc(32, 7).fill(text, 31));
    const [a, b] = [keys.find('a'), keys.find('b')];
    const slot = windows.open(0, keys.words, a, NOON);
    expect(windows.find(0, keys.words, b)).toBe(-1);
    windows.save(0, slot, { openedAt: NOON, endsAt: NOON + 1_000, count: 5, previous: 0 });
    expect(windows.open(0, keys.words, b, NOON)).not.toBe(slot);
    expect(windows.find(0, keys.words, a)).toBe(slot);
  });
});

describe('a thread that ended while it counted', () => {
  it('keeps nobody from counting once its locks are released, and whoever waits for them is answered', async () => {
    const { memory, counter } = open({ maxKeys: 100, stripes: 1 });
    await takeOne(counter, 'k', { ...ONE, max: 3 }, NOON);
    new Int32Array(memory.buffer)[0] = 77;
    const waiting = [1, 2, 3].map(async () => (await takeOne(counter, 'k', { ...ONE, max: 3 }, NOON)).allowed);
    expect(await Promise.race([...waiting, Promise.resolve('nobody yet')])).toBe('nobody yet');
    expect(counter.releaseHolder(76)).toBe(0);
    expect(counter.releaseHolder(77)).toBe(1);
    expect((await Promise.all(waiting)).toSorted()).toEqual([false, true, true]);
  });

  it('leaves no lock of the others behind where one of several can not be had', async () => {
    const { memory, counter } = open({ maxKeys: 1_000, stripes: 4 });
    const words = new Int32Array(memory.buffer);
    const stripeWords = words.length / 4;
    words[3 * stripeWords] = 77;
    const claims = Array.from({ length: 30 }, (_, key) => aClaim(`{t}:${key}`, ONE));
    const taking = counter.take(claims, 1, NOON);
    expect(taking).toBeInstanceOf(Promise);
    expect([0, 1, 2].map((stripe) => words[stripe * stripeWords])).toEqual([0, 0, 0]);
    counter.releaseHolder(77);
    expect((await taking).every(({ allowed }) => allowed)).toBe(true);
  });
});

describe('a thread that ended between any two of its writes', () => {
  const LONG: RateLimit = { max: 5, windowMs: 60_000, algorithm: 'fixed' };
  const OTHERS = Array.from({ length: 12 }, (_, token) => `long-${token}`);

  /** Windows that are over and windows that are not, so that what comes next counts, sweeps, moves and opens. */
  async function fill() {
    const memory = createSharedCounterMemory({ maxKeys: 60, stripes: 1 });
    const counter = createSharedCounter({ memory, holder: 1 });
    for (let token = 0; token < 12; token++) await takeOne(counter, `short-${token}`, { ...LONG, windowMs: 10 }, NOON);
    for (const key of [...OTHERS, 'written']) await takeOne(counter, key, LONG, NOON);
    return memory;
  }

  it('leaves every window as it was, or with what it counted: none is lost, mixed up or there twice', async () => {
    const memory = await fill();
    let steps = 0;
    for (let isDone = false; !isDone; steps++) {
      const copy = copyOf(memory);
      isDone = countUntil(steps, copy);
      createSharedWindows(copy).repair(0);
      const counter = createSharedCounter({ memory: copy, holder: 2 });
      for (const key of OTHERS) expect(await peekOne(counter, key, LONG, NOON + 20)).toMatchObject({ current: 1, resetAt: NOON + 60_000 });
      const written = await peekOne(counter, 'written', LONG, NOON + 20);
      expect([written.current, written.resetAt - NOON]).toBeOneOf([
        [1, 60_000],
        [2, 60_007],
      ]);
      expect((await peekOne(counter, 'new', LONG, NOON + 20)).current).toBeOneOf([0, 1]);
      for (let token = 0; token < 30; token++) expect((await takeOne(counter, `next-${token}`, LONG, NOON + 20)).current).toBe(1);
      for (const key of OTHERS) expect((await takeOne(counter, key, LONG, NOON + 20)).current).toBe(2);
    }
    expect(steps).toBeGreaterThan(50);
  });

  /** Writes a window and opens a new one, which sweeps others away. Answers whether all was done before write number `end`. */
  function countUntil(end: number, memory: SharedCounterMemory): boolean {
    let writes = 0;
    const views = endingViews(memory, () => {
      if (writes++ === end) throw new EndOfThread();
    });
    const windows = createSharedWindows(memory, views);
    const keys = createSharedKeys(memory.seed);
    try {
      const slot = windows.find(0, keys.words, keys.find('written'));
      windows.save(0, slot, { openedAt: NOON + 7, endsAt: NOON + 60_007, count: 2, previous: 0 });
      const opened = windows.open(0, keys.words, keys.find('new'), NOON + 20);
      windows.save(0, opened, { openedAt: NOON + 20, endsAt: NOON + 60_020, count: 1, previous: 0 });
      return true;
    } catch (error) {
      if (error instanceof EndOfThread) return false;
      throw error;
    }
  }
});

class EndOfThread extends Error {}

function copyOf(memory: SharedCounterMemory): SharedCounterMemory {
  const buffer = new SharedArrayBuffer(memory.buffer.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(memory.buffer));
  return { ...memory, buffer };
}

/** Memory that calls `onWrite` before each word that is written. */
function endingViews(memory: SharedCounterMemory, onWrite: () => void): Views {
  const { words, counts, instants } = viewsOf(memory);
  return { words: watched(words, onWrite), counts: watched(counts, onWrite), instants: watched(instants, onWrite) };
}

function watched<View extends Int32Array | Uint32Array | Float64Array>(view: View, onWrite: () => void): View {
  const write = (at: number, value: number): void => {
    onWrite();
    view[at] = value;
  };
  const slow = {
    fill(value: number, from: number, to: number) {
      for (let at = from; at < to; at++) write(at, value);
    },
    copyWithin(to: number, from: number, end: number) {
      for (let at = from; at < end; at++) write(to + at - from, view[at] ?? 0);
    },
  };
  return new Proxy(view, {
    get: (_, name) => (name in slow ? slow[name as keyof typeof slow] : view[name as unknown as number]),
    set(_, name, value) {
      write(Number(name), value);
      return true;
    },
  });
}
