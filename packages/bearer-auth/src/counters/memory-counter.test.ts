import { describe, expect, it } from 'vitest';
import { describeCounter } from '../testing/counter-contract.ts';
import { createMemoryCounter } from './memory-counter.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const ONE = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;

describeCounter('memory', async () => ({ counter: createMemoryCounter(), close: async () => {} }), 500);

describe('memory is bounded', () => {
  it('sweeps windows that are over while new ones are opened', () => {
    const counter = createMemoryCounter();
    for (let token = 0; token < 10_000; token++) counter.take(`old-${token}`, ONE, NOON);
    for (let token = 0; token < 10_000; token++) counter.take(`new-${token}`, ONE, NOON + 60_000);
    expect(counter.size).toBeLessThan(11_000);
    for (let token = 0; token < 10_000; token++) expect(counter.take(`new-${token}`, ONE, NOON + 60_001).allowed).toBe(false);
  });

  it('never forgets a live window below maxKeys, whatever the order', () => {
    const counter = createMemoryCounter({ maxKeys: 5_000 });
    for (let token = 0; token < 5_000; token++) counter.take(`t${token}`, { ...ONE, windowMs: 1_000 + token }, NOON);
    for (let token = 5_000 - 1; token >= 0; token--)
      expect(counter.take(`t${token}`, { ...ONE, windowMs: 1_000 + token }, NOON + 999).allowed).toBe(false);
    expect(counter.evictions).toBe(0);
  });

  it('never sweeps a window before its last millisecond is over', () => {
    const counter = createMemoryCounter();
    for (let token = 0; token < 100; token++) counter.take(`old-${token}`, ONE, NOON);
    for (let token = 0; token < 100; token++) counter.take(`new-${token}`, ONE, NOON + 59_999);
    for (let token = 0; token < 100; token++) expect(counter.take(`old-${token}`, ONE, NOON + 59_999).allowed).toBe(false);
  });

  it('beyond maxKeys the window that ends first makes room, and that is counted', () => {
    const counter = createMemoryCounter({ maxKeys: 3 });
    for (const [key, windowMs] of [
      ['a', 3_000],
      ['b', 1_000],
      ['c', 2_000],
      ['d', 4_000],
    ] as const)
      counter.take(key, { ...ONE, windowMs }, NOON);
    expect(counter).toMatchObject({ size: 3, evictions: 1 });
    expect(counter.take('a', { ...ONE, windowMs: 3_000 }, NOON).allowed).toBe(false);
    expect(counter.peek('b', { ...ONE, windowMs: 1_000 }, NOON)).toMatchObject({ allowed: true, current: 0 });
  });

  it('a window that is over makes room before a live one', () => {
    const counter = createMemoryCounter({ maxKeys: 2 });
    counter.take('short', { ...ONE, windowMs: 10 }, NOON);
    counter.take('long', ONE, NOON);
    counter.take('new', ONE, NOON + 10);
    expect(counter.evictions).toBe(0);
    expect(counter.take('long', ONE, NOON + 11).allowed).toBe(false);
  });

  it('refuses a bound that is none', () => {
    expect(() => createMemoryCounter({ maxKeys: 0 })).toThrow(RangeError);
  });
});
