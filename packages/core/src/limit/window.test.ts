import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from './rate-limit.ts';
import { emptyWindow, peekWindow, takeFromWindow, type WindowState } from './window.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const THREE: RateLimit = { max: 3, windowMs: 1_000, algorithm: 'fixed' };
const SLIDING: RateLimit = { max: 10, windowMs: 1_000, algorithm: 'sliding' };

function takeMany(state: WindowState, limit: RateLimit, now: number, count: number) {
  return Array.from({ length: count }, () => takeFromWindow(state, limit, now));
}

describe('fixed window', () => {
  it('is opened by the first request and ends windowMs later', () => {
    const state = emptyWindow();
    expect(takeMany(state, THREE, NOON + 250, 4)).toMatchObject([
      { allowed: true, current: 1, remaining: 2, resetAt: NOON + 1_250 },
      { allowed: true, current: 2, remaining: 1 },
      { allowed: true, current: 3, remaining: 0 },
      { allowed: false, current: 4, remaining: 0, resetAt: NOON + 1_250, limit: 3, windowMs: 1_000 },
    ]);
    expect(takeFromWindow(state, THREE, NOON + 1_249).allowed).toBe(false);
    expect(takeFromWindow(state, THREE, NOON + 1_250)).toMatchObject({ allowed: true, current: 1, resetAt: NOON + 2_250 });
  });

  it('agrees with a list of counted instants', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 })), (steps) => {
        const state = emptyWindow();
        let counted: number[] = [];
        let now = NOON;
        for (const step of steps) {
          now += step;
          if (counted[0] !== undefined && now >= counted[0] + THREE.windowMs) counted = [];
          const allowed = counted.length < THREE.max;
          expect(takeFromWindow(state, THREE, now)).toMatchObject({ allowed, current: counted.length + 1 });
          if (allowed) counted.push(now);
        }
      }),
    );
  });

  it('is not stretched by a clock that is set back', () => {
    const state = emptyWindow();
    takeMany(state, THREE, NOON, 3);
    expect(takeFromWindow(state, THREE, NOON - 3_600_000)).toMatchObject({ allowed: false, resetAt: NOON - 3_600_000 + 1_000 });
  });

  it('a longer window holds from the next request, also for one that was refused', () => {
    const state = emptyWindow();
    takeMany(state, THREE, NOON, 3);
    const longer = { ...THREE, windowMs: 5_000 };
    expect(takeFromWindow(state, longer, NOON + 500)).toMatchObject({ allowed: false, resetAt: NOON + 5_000 });
    expect(takeFromWindow(state, longer, NOON + 4_999).allowed).toBe(false);
    expect(takeFromWindow(state, longer, NOON + 5_000).allowed).toBe(true);
  });
});

describe('sliding window', () => {
  it('weighs the window before by what is left of it', () => {
    const state = emptyWindow();
    takeMany(state, SLIDING, NOON, 10);
    expect(takeFromWindow(state, SLIDING, NOON + 1_099)).toMatchObject({ allowed: false, remaining: 0 });
    expect(takeFromWindow(state, SLIDING, NOON + 1_100)).toMatchObject({ allowed: true, current: 10, remaining: 0 });
    expect(takeFromWindow(state, SLIDING, NOON + 1_500)).toMatchObject({ allowed: true, current: 7, remaining: 3 });
  });

  it('forgets everything after two windows', () => {
    const state = emptyWindow();
    takeMany(state, SLIDING, NOON, 10);
    expect(takeFromWindow(state, SLIDING, NOON + 2_000)).toMatchObject({ allowed: true, current: 1, remaining: 9 });
  });

  it('when it refuses, resetAt is the first instant at which a request passes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 }),
        (max, steps) => {
          const limit = { ...SLIDING, max };
          const state = emptyWindow();
          let now = NOON;
          for (const step of steps) {
            now += step;
            const { allowed, resetAt } = takeFromWindow(state, limit, now);
            if (allowed) continue;
            expect(resetAt).toBeGreaterThan(now);
            expect(peekWindow(state, limit, resetAt).allowed).toBe(true);
            if (resetAt - 2 > now) expect(peekWindow(state, limit, resetAt - 2).allowed).toBe(false);
          }
        },
      ),
    );
  });
});

describe('either window', () => {
  const limits = fc.record({
    max: fc.integer({ min: 1, max: 5 }),
    windowMs: fc.constantFrom(100, 1_000),
    algorithm: fc.constantFrom('fixed' as const, 'sliding' as const),
  });

  it('a look changes nothing and tells what a request would get', () => {
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1 }), (limit, steps) => {
        const state = emptyWindow();
        let now = NOON;
        for (const step of steps) {
          now += step;
          const before = { ...state };
          const seen = peekWindow(state, limit, now);
          expect(state).toEqual(before);
          const taken = takeFromWindow(state, limit, now);
          expect(taken.allowed).toBe(seen.allowed);
          expect(taken.current).toBe(seen.current + 1);
        }
      }),
    );
  });

  it('remaining is never below 0 and never promises too much', () => {
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1 }), (limit, steps) => {
        const state = emptyWindow();
        let now = NOON;
        for (const step of steps) {
          now += step;
          const { remaining } = takeFromWindow(state, limit, now);
          expect(remaining).toBeGreaterThanOrEqual(0);
          const copy = { ...state };
          expect(takeMany(copy, limit, now, remaining).every((next) => next.allowed)).toBe(true);
          expect(takeFromWindow(copy, limit, now).allowed).toBe(false);
        }
      }),
    );
  });
});
