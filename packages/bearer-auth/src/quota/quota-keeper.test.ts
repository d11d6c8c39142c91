import type { QuotaState, TokenQuota } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryQuotaLedger, type LedgerRow } from '../testing/memory-quota-ledger.ts';
import { createQuotaKeeper } from './quota-keeper.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const PLAIN: TokenQuota = { refillAmount: null, refillIntervalMs: null, epoch: 1 };
const DAILY: TokenQuota = { refillAmount: 10, refillIntervalMs: 86_400_000, epoch: 1 };

function open(row: Partial<LedgerRow>, keepers = 1) {
  const ledger = createMemoryQuotaLedger();
  ledger.set(1, { since: NOON, ...row });
  const clock = { now: NOON };
  const errors: unknown[] = [];
  const all = Array.from({ length: keepers }, () =>
    createQuotaKeeper({ ledger, now: () => clock.now, onError: (error) => errors.push(error) }),
  );
  const [keeper] = all;
  if (keeper === undefined) throw new Error('There is no keeper.');
  const take = async (quota: TokenQuota = PLAIN, cost = 1, of = keeper): Promise<QuotaState> => of.take(1, quota, cost, clock.now);
  return { ledger, clock, errors, keeper, all, take };
}

async function outcomes(requests: readonly (QuotaState | Promise<QuotaState>)[]): Promise<string[]> {
  return (await Promise.all(requests)).map(({ outcome }) => outcome);
}

describe('a quota is exact', () => {
  it('of 100 parallel requests exactly one passes where one is left', async () => {
    const { keeper } = open({ remaining: 1 });
    const results = await outcomes(Array.from({ length: 100 }, () => keeper.take(1, PLAIN, 1, NOON)));
    expect(results.filter((outcome) => outcome === 'taken')).toHaveLength(1);
    expect(results.filter((outcome) => outcome === 'exhausted')).toHaveLength(99);
  });

  it('across processes: each of them may ask at any time, and together they pass what was granted', async () => {
    const { all, ledger } = open({ remaining: 500 }, 3);
    const results = await outcomes(all.flatMap((keeper) => Array.from({ length: 400 }, () => keeper.take(1, PLAIN, 1, NOON))));
    expect(results.filter((outcome) => outcome === 'taken')).toHaveLength(500);
    expect(ledger.read(1).remaining).toBe(0);
  });

  it('never passes more than was granted, whatever is asked, set, refilled, returned or lost', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), keeper: fc.nat(2), cost: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('burst' as const), keeper: fc.nat(2), count: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 5_000 }) }),
      fc.record({ kind: fc.constant('kill' as const), keeper: fc.nat(2) }),
      fc.record({ kind: fc.constant('close' as const), keeper: fc.nat(2) }),
    );
    const daily = { refillAmount: 20, refillIntervalMs: 10_000 };
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.array(step, { maxLength: 40 }), async (remaining, steps) => {
        const { ledger, clock, all } = open({ remaining, ...daily }, 3);
        let passed = 0;
        const spend = async (index: number, cost: number): Promise<void> => {
          const state = await all[index]?.take(1, { ...daily, epoch: 1 }, cost, clock.now);
          passed += state?.outcome === 'taken' ? cost : 0;
        };
        const restart = (index: number): void => {
          all[index] = createQuotaKeeper({ ledger, now: () => clock.now });
        };
        for (const each of steps) {
          switch (each.kind) {
            case 'take':
              await spend(each.keeper, each.cost);
              break;
            case 'burst':
              await Promise.all(Array.from({ length: each.count }, () => spend(each.keeper, 1)));
              break;
            case 'wait':
              clock.now += each.ms;
              break;
            case 'close':
              await all[each.keeper]?.close();
              restart(each.keeper);
              break;
            case 'kill':
              restart(each.keeper);
              break;
          }
        }
        expect(passed).toBeLessThanOrEqual(remaining + 20 * Math.floor((clock.now - NOON) / 10_000));
      }),
      { numRuns: 300 },
    );
  });

  it('takes all of a cost or none of it', async () => {
    const { take, ledger } = open({ remaining: 5 });
    expect(await take(PLAIN, 3)).toMatchObject({ outcome: 'taken', remaining: 2 });
    expect(await take(PLAIN, 3)).toMatchObject({ outcome: 'exhausted', remaining: 2 });
    expect(await take(PLAIN, 2)).toMatchObject({ outcome: 'taken', remaining: 0 });
    expect(ledger.read(1).remaining).toBe(0);
  });
});

describe('a lease', () => {
  it('starts at one unit, grows with the rate, and is spent without asking', async () => {
    const { take, ledger, keeper, clock } = open({ remaining: 1_000_000 });
    for (let request = 0; request < 5_000; request++) await take();
    expect(ledger.grants[0]).toBeLessThanOrEqual(2);
    expect(ledger.grants.length).toBeLessThan(30);
    expect(keeper.take(1, PLAIN, 1, clock.now)).not.toBeInstanceOf(Promise);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'answers every request, also one that comes %i turns after one that waits for a lease',
    async (turns) => {
      const { keeper, clock } = open({ remaining: 1_000_000 });
      const next = () => keeper.take(1, PLAIN, 1, clock.now);
      for (let round = 0; round < 50; round++) {
        let first = next();
        while (!(first instanceof Promise)) first = next();
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        const taken = await Promise.all([first, ...Array.from({ length: 2_000 }, next)]);
        expect(taken.every(({ outcome }) => outcome === 'taken')).toBe(true);
      }
    },
  );

  it('shrinks to what requests wait for near the end, so that no process holds what another asks for', async () => {
    const { all, take, ledger } = open({ remaining: 10 }, 2);
    for (let request = 0; request < 10; request++) expect(await take(PLAIN, 1, all[request % 2])).toMatchObject({ outcome: 'taken' });
    expect(new Set(ledger.grants)).toEqual(new Set([1]));
    expect(await take()).toMatchObject({ outcome: 'exhausted' });
  });

  it('is smaller again when requests are rare', async () => {
    const { take, ledger, clock } = open({ remaining: 1_000_000 });
    for (let request = 0; request < 300; request++) await take();
    const largest = Math.max(...ledger.grants);
    for (let request = 0; request < 2_000; request++) {
      clock.now += 2_000;
      await take();
    }
    expect(largest).toBeGreaterThan(100);
    expect(ledger.grants.at(-1)).toBe(1);
  });

  it('is known: what a row is short of', async () => {
    const { take, ledger, keeper } = open({ remaining: 1_000_000 });
    for (let request = 0; request < 100; request++) await take();
    const { remaining, epoch } = ledger.read(1);
    expect(remaining + keeper.unspent(1, epoch, null)).toBe(1_000_000 - 100);
    expect(keeper.unspent(1, epoch + 1, null)).toBe(0);
    expect(keeper.unspent(2, epoch, null)).toBe(0);
    expect(keeper.leasedUnits).toBe(keeper.unspent(1, epoch, null));
  });

  it('goes back when it is closed, and from then on nothing is taken', async () => {
    const { take, ledger, keeper } = open({ remaining: 1_000 });
    for (let request = 0; request < 100; request++) await take();
    await keeper.close();
    expect(ledger.read(1).remaining).toBe(900);
    expect(await take()).toMatchObject({ outcome: 'unavailable' });
  });

  it('goes back after a while without requests, and the token is forgotten', async () => {
    vi.useFakeTimers();
    try {
      const { take, ledger, keeper, clock } = open({ remaining: 1_000 });
      for (let request = 0; request < 100; request++) await take();
      expect(ledger.read(1).remaining).toBeLessThan(900);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(keeper.size).toBe(1);
      clock.now += 2_000;
      await vi.advanceTimersByTimeAsync(1_000);
      expect(ledger.read(1).remaining).toBe(900);
      expect(keeper.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a refill', () => {
  it('sets what is left, and missed intervals do not pile up', async () => {
    const { take, clock } = open({ ...DAILY, remaining: 1 });
    expect(await take(DAILY)).toMatchObject({ outcome: 'taken', remaining: 0, refillAt: NOON + 86_400_000 });
    expect(await take(DAILY)).toMatchObject({ outcome: 'exhausted' });
    clock.now += 5 * 86_400_000;
    expect(await take(DAILY)).toMatchObject({ outcome: 'taken', remaining: 9, refillAt: clock.now + 86_400_000 });
  });

  it('ends what was leased before it', async () => {
    const daily = { ...DAILY, refillAmount: 1_000 };
    const { take, ledger, clock } = open({ ...daily, remaining: 1_000 }, 1);
    for (let request = 0; request < 100; request++) await take(daily);
    clock.now += 86_400_000;
    let passed = 0;
    while ((await take(daily)).outcome === 'taken') passed += 1;
    expect(passed).toBe(1_000);
    expect(ledger.read(1).remaining).toBe(0);
  });
});

describe('when an administrator sets the quota', () => {
  it('what was leased is void with the next request that knows of it, and is not returned', async () => {
    const { take, ledger, keeper } = open({ remaining: 1_000 });
    for (let request = 0; request < 100; request++) await take();
    ledger.set(1, { remaining: 3 });
    const set = { ...PLAIN, epoch: 2 };
    expect((await outcomes(Array.from({ length: 9 }, () => keeper.take(1, set, 1, NOON)))).filter((each) => each === 'taken')).toHaveLength(
      3,
    );
    await keeper.close();
    expect(ledger.read(1).remaining).toBe(0);
  });

  it('a token that was used up is served at once', async () => {
    const { take, ledger } = open({ remaining: 0 });
    expect(await take()).toMatchObject({ outcome: 'exhausted' });
    ledger.set(1, { remaining: 1 });
    expect(await take({ ...PLAIN, epoch: 2 })).toMatchObject({ outcome: 'taken' });
  });

  it('a grant that was on its way is void, too', async () => {
    const { keeper, ledger } = open({ remaining: 100 });
    const waiting = keeper.take(1, PLAIN, 1, NOON);
    ledger.set(1, { remaining: 1 });
    const set = { ...PLAIN, epoch: 2 };
    const results = await outcomes([waiting, keeper.take(1, set, 1, NOON), keeper.take(1, set, 1, NOON)]);
    expect(results.filter((outcome) => outcome === 'taken')).toHaveLength(1);
  });
});

describe('while the ledger can not be reached', () => {
  it('what is leased is spent, and then requests are unavailable, never exhausted', async () => {
    const { take, ledger, keeper, errors, clock } = open({ remaining: 1_000 });
    for (let request = 0; request < 100; request++) await take();
    const held = keeper.unspent(1, 1, null);
    expect(held).toBeGreaterThan(0);
    ledger.failure = new Error('connection refused');
    for (let request = 0; request < held; request++) expect(await take()).toMatchObject({ outcome: 'taken' });
    expect(await take()).toMatchObject({ outcome: 'unavailable' });
    expect(errors.length).toBeGreaterThan(0);
    expect(keeper.ledgerFailures).toBe(errors.length);
    expect(keeper.leasedUnits).toBe(0);
    ledger.failure = null;
    expect(keeper.take(1, PLAIN, 1, clock.now)).toMatchObject({ outcome: 'unavailable' });
    clock.now += 500;
    expect(await take()).toMatchObject({ outcome: 'taken' });
  });
});

describe('a quota that is used up', () => {
  it('is not asked for with every request, and is asked for again after a second', async () => {
    const { take, ledger, clock } = open({ remaining: 0 });
    for (let request = 0; request < 100; request++) await take();
    expect(ledger.grants).toEqual([0]);
    ledger.set(1, { remaining: 5, epoch: 1 });
    clock.now += 1_000;
    expect(await take()).toMatchObject({ outcome: 'taken' });
  });
});
