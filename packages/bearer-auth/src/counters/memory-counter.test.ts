import { describe, expect, it } from 'vitest';
import { describeCounter } from '../testing/counter-contract.ts';
import { peekOne, takeOne } from '../testing/limit-claim.ts';
import { createMemoryCounter } from './memory-counter.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const ONE = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;

describeCounter('memory', async () => ({ counter: createMemoryCounter(), close: async () => {} }), 500);

describe('memory is bounded', () => {
  it('sweeps windows that are over while new ones are opened', async () => {
    const counter = createMemoryCounter();
    for (let token = 0; token < 10_000; token++) await takeOne(counter, `old-${token}`, ONE, NOON);
    for (let token = 0; token < 10_000; token++) await takeOne(counter, `new-${token}`, ONE, NOON + 60_000);
    expect(counter.size).toBeLessThan(11_000);
    for (let token = 0; token < 10_000; token++) expect((await takeOne(counter, `new-${token}`, ONE, NOON + 60_001)).allowed).toBe(false);
  });

  it('never forgets a live window below maxKeys, whatever the order', async () => {
    const counter = createMemoryCounter({ maxKeys: 5_000 });
    for (let token = 0; token < 5_000; token++) await takeOne(counter, `t${token}`, { ...ONE, windowMs: 1_000 + token }, NOON);
    for (let token = 5_000 - 1; token >= 0; token--)
      expect((await takeOne(counter, `t${token}`, { ...ONE, windowMs: 1_000 + token }, NOON + 999)).allowed).toBe(false);
    expect(counter.evictions).toBe(0);
  });

  it('never sweeps a window before its last millisecond is over', async () => {
    const counter = createMemoryCounter();
    for (let token = 0; token < 100; token++) await takeOne(counter, `old-${token}`, ONE, NOON);
    for (let token = 0; token < 100; token++) await takeOne(counter, `new-${token}`, ONE, NOON + 59_999);
    for (let token = 0; token < 100; token++) expect((await takeOne(counter, `old-${token}`, ONE, NOON + 59_999)).allowed).toBe(false);
  });

  it('beyond maxKeys the window that ends first makes room, and that is counted', async () => {
    const counter = createMemoryCounter({ maxKeys: 3 });
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
    const counter = createMemoryCounter({ maxKeys: 2 });
    await takeOne(counter, 'short', { ...ONE, windowMs: 10 }, NOON);
    await takeOne(counter, 'long', ONE, NOON);
    await takeOne(counter, 'new', ONE, NOON + 10);
    expect(counter.evictions).toBe(0);
    expect((await takeOne(counter, 'long', ONE, NOON + 11)).allowed).toBe(false);
  });

  it('refuses a bound that is none', () => {
    expect(() => createMemoryCounter({ maxKeys: 0 })).toThrow(RangeError);
  });
});
