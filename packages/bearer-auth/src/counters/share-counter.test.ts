import type { RateLimit } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aClaim } from '../testing/limit-claim.ts';
import { createShareCounter, type ShareCounter } from './share-counter.ts';
import { createWindowBook } from './window-book.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const limits = fc.record({
  max: fc.integer({ min: 1, max: 200 }),
  windowMs: fc.constant(60_000),
  algorithm: fc.constantFrom('fixed', 'sliding'),
}) satisfies fc.Arbitrary<RateLimit>;
const gateways = fc.integer({ min: 1, max: 9 });

/** A gateway that last saw `count` of the limit used, before it lost the server. */
function aGateway(count: number, liveGateways: number, { windowMs, algorithm }: RateLimit): ShareCounter {
  const book = createWindowBook(1_000);
  const endsAt = NOON + windowMs * (algorithm === 'sliding' ? 2 : 1);
  book.enter('t').seen = { born: NOON, losses: 0, revision: count, openedAt: NOON, endsAt, count, previous: 0 };
  return createShareCounter({ book, liveGateways: () => liveGateways, clockOffset: 0 });
}

function grantsOf(counter: ShareCounter, limit: RateLimit, at: number, cost = 1): number {
  let granted = 0;
  while (counter.take([aClaim('t', limit)], cost, at).every((state) => state.allowed)) granted += 1;
  return granted;
}

describe('the shares of all gateways together', () => {
  it('of a window that nobody has used are as near to the limit as whole shares come, never above it, and one each where it is smaller', () => {
    fc.assert(
      fc.property(limits, gateways, (limit, count) => {
        const each = grantsOf(aGateway(0, count, limit), limit, NOON + 1);
        expect(each).toBe(Math.max(1, Math.floor(limit.max / count)));
        if (limit.max >= count) expect(each * count).toBeLessThanOrEqual(limit.max);
      }),
    );
  });

  it('of a window that is open are at most what is left of it, and nothing of one that is used up', () => {
    fc.assert(
      fc.property(limits, gateways, fc.nat(200), (limit, count, used) => {
        const seen = Math.min(used + 1, limit.max);
        const all = count * grantsOf(aGateway(seen, count, limit), limit, NOON + 1);
        expect(seen + all).toBeLessThanOrEqual(limit.max);
      }),
    );
  });

  it('follow the number of gateways', () => {
    let live = 2;
    const counter = createShareCounter({ book: createWindowBook(10), liveGateways: () => live, clockOffset: 0 });
    const limit = { max: 100, windowMs: 60_000, algorithm: 'fixed' } as const;
    expect(grantsOf(counter, limit, NOON)).toBe(50);
    live = 5;
    expect(grantsOf(counter, limit, NOON + 60_000)).toBe(20);
  });
});

describe('what a client is told', () => {
  it('is the whole limit, and what this gateway would still let pass', () => {
    const limit = { max: 90, windowMs: 60_000, algorithm: 'fixed' } as const;
    const counter = createShareCounter({ book: createWindowBook(10), liveGateways: () => 3, clockOffset: 5_000 });
    const claims = [aClaim('t', limit)];
    expect(counter.take(claims, 1, NOON)).toMatchObject([{ allowed: true, limit: 90, remaining: 29, resetAt: NOON + 60_000 }]);
    expect(grantsOf(counter, limit, NOON + 1)).toBe(29);
    expect(counter.take(claims, 1, NOON + 2)).toMatchObject([{ allowed: false, limit: 90, remaining: 0, resetAt: NOON + 60_000 }]);
  });
});

describe('what the server has to be told', () => {
  const limit = { max: 90, windowMs: 60_000, algorithm: 'fixed' } as const;
  const claims = [aClaim('t', limit)];

  it('is each grant once, and again where telling it failed', () => {
    const counter = createShareCounter({ book: createWindowBook(10), liveGateways: () => 3, clockOffset: 0 });
    for (let request = 0; request < 4; request++) counter.take(claims, 1, NOON);
    const untold = counter.drain();
    expect(untold).toMatchObject([{ operation: 'add', given: { openedAt: NOON, count: 4 } }]);
    expect(counter.drain()).toEqual([]);
    counter.take(claims, 1, NOON);
    counter.putBack(untold);
    expect(counter.drain()).toMatchObject([{ operation: 'add', given: { openedAt: NOON, count: 5 } }]);
  });

  it('is also what the server was not told of an earlier absence, and that counts as granted', () => {
    const book = createWindowBook(10);
    const anAbsence = () => createShareCounter({ book, liveGateways: () => 3, clockOffset: 0 });
    const sliding = { ...limit, algorithm: 'sliding' } as const;
    const before = anAbsence();
    for (let request = 0; request < 4; request++) before.take(claims, 1, NOON);
    for (const at of [NOON, NOON + 60_000]) before.take([aClaim('s', sliding)], 2, at);
    const untold = before.drain();
    const now = anAbsence();
    now.take(claims, 1, NOON);
    now.inherit(untold);
    expect(now.peek(claims, NOON)).toMatchObject([{ remaining: 30 - 5 }]);
    expect(now.peek([aClaim('s', sliding)], NOON + 60_000)).toMatchObject([{ remaining: 30 - 4 }]);
    expect(now.drain()).toMatchObject([
      { claim: { key: 't' }, given: { openedAt: NOON, count: 5, previous: 0 } },
      { claim: { key: 's' }, given: { openedAt: NOON + 60_000, count: 2, previous: 2 } },
    ]);
  });

  it('is nothing of a grant that was given back, and that one which the server counted is to be given back', () => {
    const counter = aGateway(30, 3, limit);
    const here = counter.take(claims, 1, NOON + 1);
    counter.giveBack(claims, here, 1, NOON + 2);
    expect(counter.drain()).toEqual([]);
    const fromServer = [{ ...here[0], openedAt: NOON }] as typeof here;
    counter.giveBack(claims, fromServer, 1, NOON + 3);
    expect(counter.drain()).toMatchObject([{ operation: 'give', given: { openedAt: NOON }, cost: 1 }]);
  });

  it('is nothing of a grant that the server has counted late', () => {
    const counter = aGateway(30, 3, limit);
    const here = counter.take(claims, 1, NOON + 1);
    counter.forget(claims, here, 1);
    expect(counter.drain()).toEqual([]);
  });

  it('is nothing of what the server has given back late', () => {
    const counter = aGateway(30, 3, limit);
    const [first, second] = [counter.peek(claims, NOON + 1), counter.peek(claims, NOON + 1)];
    counter.giveBack(claims, first, 1, NOON + 2);
    counter.giveBack(claims, second, 2, NOON + 3);
    counter.forgetReturn(first);
    expect(counter.drain()).toMatchObject([{ operation: 'give', cost: 2 }]);
  });
});
