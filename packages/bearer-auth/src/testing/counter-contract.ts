import {
  type Counter,
  emptyWindow,
  giveBackToWindow,
  type LimitClaim,
  peekWindow,
  type RateLimit,
  type RateLimitState,
  takeFromWindow,
  type WindowState,
} from '@latchkey/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aClaim, peekOne, takeOne } from './limit-claim.ts';

/** A counter under test that takes its time from `now`, and how to end it. */
export interface OpenCounter {
  readonly counter: Counter;
  close(): Promise<void>;
}

const NOON = Date.UTC(2026, 0, 15, 12);
const TEN_A_MINUTE: RateLimit = { max: 10, windowMs: 60_000, algorithm: 'fixed' };

/**
 * What every counter promises. `runs`: how many random histories are compared with the rules in core; `limitsChange`: whether a window may have
 * another limit with each request of a history.
 */
export function describeCounter(name: string, open: () => Promise<OpenCounter>, runs: number, { limitsChange = true } = {}): void {
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
      const states = await Promise.all(Array.from({ length: 40 }, async () => takeOne(opened.counter, key, TEN_A_MINUTE, NOON)));
      expect(states.filter((state) => state.allowed)).toHaveLength(10);
      expect(states.at(-1)).toMatchObject({ current: 11, remaining: 0, limit: 10, resetAt: NOON + 60_000 });
    });

    it('opens the window with the first request, and a new one when it is over', async () => {
      const key = nextKey();
      const one = { ...TEN_A_MINUTE, max: 1 };
      expect(await takeOne(opened.counter, key, one, NOON + 7)).toMatchObject({ allowed: true, resetAt: NOON + 60_007 });
      expect(await takeOne(opened.counter, key, one, NOON + 60_006)).toMatchObject({ allowed: false, resetAt: NOON + 60_007 });
      expect(await takeOne(opened.counter, key, one, NOON + 60_007)).toMatchObject({ allowed: true, resetAt: NOON + 120_007 });
    });

    it('does not let refused requests consume or extend', async () => {
      const key = nextKey();
      const two = { ...TEN_A_MINUTE, max: 2 };
      for (let at = 0; at < 6; at++) await takeOne(opened.counter, key, two, NOON + at);
      expect(await peekOne(opened.counter, key, two, NOON + 10)).toMatchObject({ allowed: false, current: 2, resetAt: NOON + 60_000 });
    });

    it('counts nothing when it is only looked at', async () => {
      const key = nextKey();
      for (let look = 0; look < 3; look++) {
        expect(await peekOne(opened.counter, key, TEN_A_MINUTE, NOON)).toMatchObject({ allowed: true, current: 0, remaining: 10 });
      }
    });

    it('keeps tokens apart', async () => {
      const one = { ...TEN_A_MINUTE, max: 1 };
      expect(await takeOne(opened.counter, nextKey(), one, NOON)).toMatchObject({ allowed: true });
      expect(await takeOne(opened.counter, nextKey(), one, NOON)).toMatchObject({ allowed: true });
    });

    it('holds a changed limit from the next request', async () => {
      const key = nextKey();
      for (let at = 0; at < 5; at++) await takeOne(opened.counter, key, TEN_A_MINUTE, NOON);
      expect(await takeOne(opened.counter, key, { ...TEN_A_MINUTE, max: 4 }, NOON)).toMatchObject({ allowed: false, current: 6 });
      expect(await takeOne(opened.counter, key, { ...TEN_A_MINUTE, max: 6 }, NOON)).toMatchObject({
        allowed: true,
        current: 6,
        remaining: 0,
      });
      const shorter = { ...TEN_A_MINUTE, windowMs: 1_000 };
      expect(await takeOne(opened.counter, key, shorter, NOON + 1_000)).toMatchObject({ allowed: true, current: 1 });
    });

    it('counts a request in all of its windows or in none', async () => {
      const tag = `{${nextKey()}}`;
      const claims = [
        aClaim(`${tag}:second`, { max: 2, windowMs: 1_000, algorithm: 'fixed' }, 'second'),
        aClaim(`${tag}:minute`, { max: 3, windowMs: 60_000, algorithm: 'fixed' }, 'minute'),
      ];
      const allowed = async (at: number) => (await opened.counter.take(claims, 1, at)).map((state) => state.allowed);
      expect([await allowed(NOON), await allowed(NOON), await allowed(NOON)]).toEqual([
        [true, true],
        [true, true],
        [false, true],
      ]);
      expect(await opened.counter.peek(claims, NOON)).toMatchObject([
        { name: 'second', current: 2 },
        { name: 'minute', current: 2 },
      ]);
      expect(await allowed(NOON + 1_000)).toEqual([true, true]);
      expect(await opened.counter.take(claims, 1, NOON + 1_001)).toMatchObject([
        { allowed: true, current: 1, remaining: 1 },
        { allowed: false, current: 4, remaining: 0, resetAt: NOON + 60_000 },
      ]);
    });

    it('lets exactly as many of 60 parallel requests pass as the tightest window allows, and counts no others anywhere', async () => {
      const tag = `{${nextKey()}}`;
      const claims = [aClaim(`${tag}:wide`, { ...TEN_A_MINUTE, max: 50 }), aClaim(`${tag}:tight`, { ...TEN_A_MINUTE, max: 7 })];
      const all = await Promise.all(Array.from({ length: 60 }, async () => opened.counter.take(claims, 1, NOON)));
      expect(all.filter((states) => states.every((state) => state.allowed))).toHaveLength(7);
      expect(await opened.counter.peek(claims, NOON)).toMatchObject([{ current: 7 }, { current: 7 }]);
    });

    it('charges a cost, and lets one above the maximum take a whole window', async () => {
      const key = nextKey();
      expect(await takeOne(opened.counter, key, TEN_A_MINUTE, NOON, 6)).toMatchObject({ allowed: true, current: 6, remaining: 4 });
      expect(await takeOne(opened.counter, key, TEN_A_MINUTE, NOON, 5)).toMatchObject({ allowed: false, current: 11, remaining: 4 });
      expect(await takeOne(opened.counter, key, TEN_A_MINUTE, NOON, 4)).toMatchObject({ allowed: true, remaining: 0 });
      const other = nextKey();
      expect(await takeOne(opened.counter, other, TEN_A_MINUTE, NOON, 99)).toMatchObject({ allowed: true, current: 10, remaining: 0 });
      expect(await takeOne(opened.counter, other, TEN_A_MINUTE, NOON + 1, 99)).toMatchObject({ allowed: false });
    });

    it('gives back what was counted, as if it had never been', async () => {
      const claims = [aClaim(nextKey(), { ...TEN_A_MINUTE, max: 5 })];
      const first = await opened.counter.take(claims, 3, NOON);
      expect(await opened.counter.giveBack(claims, first, 3, NOON + 1)).toMatchObject([{ current: 0, remaining: 5 }]);
      const second = await opened.counter.take(claims, 2, NOON + 500);
      expect(second).toMatchObject([{ current: 2, resetAt: NOON + 60_500 }]);
    });

    it('gives nothing back to a window that is another by then', async () => {
      const claims = [aClaim(nextKey(), { max: 5, windowMs: 1_000, algorithm: 'fixed' })];
      const taken = await opened.counter.take(claims, 2, NOON);
      await opened.counter.take(claims, 1, NOON + 1_000);
      expect(await opened.counter.giveBack(claims, taken, 2, NOON + 1_001)).toMatchObject([{ current: 1 }]);
    });

    it('asks for nothing where there is nothing to count', async () => {
      expect(await opened.counter.take([], 1, NOON)).toEqual([]);
    });

    it('agrees with the rules over random histories of one to three windows', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 40 }), (steps) =>
          compareWithModel(opened.counter, `{${nextKey()}}`, limitsChange ? steps : withoutChanges(steps)),
        ),
        { numRuns: runs },
      );
    });
  });
}

interface Step {
  readonly operation: 'take' | 'peek' | 'give';
  readonly afterMs: number;
  readonly limits: readonly RateLimit[];
  readonly cost: number;
}

/** Every window keeps the limit that it has first. */
function withoutChanges(steps: readonly Step[]): Step[] {
  const kept: RateLimit[] = [];
  return steps.map((step) => ({
    ...step,
    limits: step.limits.map((limit, index) => {
      kept[index] ??= limit;
      return kept[index];
    }),
  }));
}

async function compareWithModel(counter: Counter, tag: string, steps: readonly Step[]): Promise<void> {
  const model = createModel();
  let now = NOON;
  let last: Passed | null = null;
  for (const { operation, afterMs, limits, cost } of steps) {
    now += afterMs;
    const claims = limits.map((limit, index) => aClaim(`${tag}:${index}`, limit, `w${index}`));
    if (operation === 'take') {
      const taken = await counter.take(claims, cost, now);
      expect(taken).toEqual(model.take(claims, cost, now));
      last = taken.every((state) => state.allowed) ? { claims, taken, cost } : null;
    } else if (operation === 'give' && last !== null) {
      expect(await counter.giveBack(last.claims, last.taken, last.cost, now)).toEqual(model.giveBack(last, now));
      last = null;
    } else {
      expect(await counter.peek(claims, now)).toEqual(model.peek(claims, now));
    }
  }
}

/** A request that passed. */
interface Passed {
  readonly claims: readonly LimitClaim[];
  readonly taken: readonly RateLimitState[];
  readonly cost: number;
}

/** The rules of core over a map, in the plainest way. */
function createModel() {
  const windows = new Map<string, WindowState>();
  const copyOf = (key: string): WindowState => ({ ...(windows.get(key) ?? emptyWindow()) });
  const peek = (claims: readonly LimitClaim[], now: number) =>
    claims.map(({ key, limit, name }) => peekWindow(copyOf(key), limit, now, 1, name));
  return {
    peek,
    take(claims: readonly LimitClaim[], cost: number, now: number) {
      const tried = claims.map((claim) => {
        const window = copyOf(claim.key);
        return { claim, window, state: takeFromWindow(window, claim.limit, now, cost, claim.name) };
      });
      const passed = tried.every(({ state }) => state.allowed);
      return tried.map(({ claim: { key, limit, name }, window, state }) => {
        if (!passed && state.allowed) return peekWindow(copyOf(key), limit, now, cost, name);
        windows.set(key, window);
        return state;
      });
    },
    giveBack({ claims, taken, cost }: Passed, now: number) {
      for (const [index, { key, limit }] of claims.entries()) {
        const window = copyOf(key);
        giveBackToWindow(window, limit, taken[index]?.openedAt ?? 0, cost);
        windows.set(key, window);
      }
      return peek(claims, now);
    },
  };
}

const limitArbitrary: fc.Arbitrary<RateLimit> = fc.record({
  max: fc.integer({ min: 1, max: 6 }),
  windowMs: fc.constantFrom(100, 1_000, 1_500),
  algorithm: fc.constantFrom('fixed', 'sliding'),
});

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  operation: fc.constantFrom('take', 'take', 'take', 'peek', 'give'),
  afterMs: fc.integer({ min: 0, max: 900 }),
  limits: fc.array(limitArbitrary, { minLength: 1, maxLength: 3 }),
  cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 8 })),
});
