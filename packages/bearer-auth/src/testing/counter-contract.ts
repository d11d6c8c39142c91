import { type Counter, emptyWindow, peekWindow, type RateLimit, takeFromWindow } from '@latchkey/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A counter under test that takes its time from `now`, and how to end it. */
export interface OpenCounter {
  readonly counter: Counter;
  close(): Promise<void>;
}

const NOON = Date.UTC(2026, 0, 15, 12);
const TEN_A_MINUTE: RateLimit = { max: 10, windowMs: 60_000, algorithm: 'fixed' };

/** What every counter promises. `runs`: how many random histories are compared with the rules in core. */
export function describeCounter(name: string, open: () => Promise<OpenCounter>, runs: number): void {
  describe(`counter: ${name}`, () => {
    let opened: OpenCounter;
    let keys = 0;
    const nextKey = (): string => `contract-${process.pid}-${keys++}`;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    it('lets exactly 10 of 40 parallel requests pass at a limit of 10', async () => {
      const key = nextKey();
      const states = await Promise.all(Array.from({ length: 40 }, async () => opened.counter.take(key, TEN_A_MINUTE, NOON)));
      expect(states.filter((state) => state.allowed)).toHaveLength(10);
      expect(states.at(-1)).toMatchObject({ current: 11, remaining: 0, limit: 10, resetAt: NOON + 60_000 });
    });

    it('opens the window with the first request, and a new one when it is over', async () => {
      const key = nextKey();
      const one = { ...TEN_A_MINUTE, max: 1 };
      expect(await opened.counter.take(key, one, NOON + 7)).toMatchObject({ allowed: true, resetAt: NOON + 60_007 });
      expect(await opened.counter.take(key, one, NOON + 60_006)).toMatchObject({ allowed: false, resetAt: NOON + 60_007 });
      expect(await opened.counter.take(key, one, NOON + 60_007)).toMatchObject({ allowed: true, resetAt: NOON + 120_007 });
    });

    it('does not let refused requests consume or extend', async () => {
      const key = nextKey();
      const two = { ...TEN_A_MINUTE, max: 2 };
      for (let at = 0; at < 6; at++) await opened.counter.take(key, two, NOON + at);
      expect(await opened.counter.peek(key, two, NOON + 10)).toMatchObject({ allowed: false, current: 2, resetAt: NOON + 60_000 });
    });

    it('counts nothing when it is only looked at', async () => {
      const key = nextKey();
      for (let look = 0; look < 3; look++) {
        expect(await opened.counter.peek(key, TEN_A_MINUTE, NOON)).toMatchObject({ allowed: true, current: 0, remaining: 10 });
      }
    });

    it('keeps tokens apart', async () => {
      const one = { ...TEN_A_MINUTE, max: 1 };
      expect(await opened.counter.take(nextKey(), one, NOON)).toMatchObject({ allowed: true });
      expect(await opened.counter.take(nextKey(), one, NOON)).toMatchObject({ allowed: true });
    });

    it('holds a changed limit from the next request', async () => {
      const key = nextKey();
      for (let at = 0; at < 5; at++) await opened.counter.take(key, TEN_A_MINUTE, NOON);
      expect(await opened.counter.take(key, { ...TEN_A_MINUTE, max: 4 }, NOON)).toMatchObject({ allowed: false, current: 6 });
      expect(await opened.counter.take(key, { ...TEN_A_MINUTE, max: 6 }, NOON)).toMatchObject({ allowed: true, current: 6, remaining: 0 });
      const shorter = { ...TEN_A_MINUTE, windowMs: 1_000 };
      expect(await opened.counter.take(key, shorter, NOON + 1_000)).toMatchObject({ allowed: true, current: 1 });
    });

    it('agrees with the rules over random histories', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 40 }), async (steps) => {
          const key = nextKey();
          const window = emptyWindow();
          let now = NOON;
          for (const step of steps) {
            now += step.afterMs;
            const rule = step.operation === 'take' ? takeFromWindow : peekWindow;
            expect(await opened.counter[step.operation](key, step.limit, now)).toEqual(rule(window, step.limit, now));
          }
        }),
        { numRuns: runs },
      );
    });
  });
}

const limitArbitrary: fc.Arbitrary<RateLimit> = fc.record({
  max: fc.integer({ min: 1, max: 6 }),
  windowMs: fc.constantFrom(100, 1_000, 1_500),
  algorithm: fc.constantFrom('fixed', 'sliding'),
});

const stepArbitrary = fc.record({
  operation: fc.constantFrom('take' as const, 'take' as const, 'peek' as const),
  afterMs: fc.integer({ min: 0, max: 900 }),
  limit: limitArbitrary,
});
