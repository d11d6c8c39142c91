import type { QuotaState, RateLimitState } from '@latchkey/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LimitsSeen, rateLimitHeaders, rateLimitLines } from './rate-limit-headers.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

const anyWindow: fc.Arbitrary<RateLimitState> = fc.record({
  name: fc.constantFrom('default', 'second', 'pool:team'),
  allowed: fc.boolean(),
  limit: fc.constantFrom(1, 100, 1_000_000_000),
  current: fc.nat(100),
  remaining: fc.nat(100),
  resetAt: fc.integer({ min: NOON, max: NOON + 90_000_000 }),
  windowMs: fc.constantFrom(1, 1_500, 60_000),
  openedAt: fc.constant(NOON),
});

const anyQuota: fc.Arbitrary<QuotaState> = fc.record({
  outcome: fc.constantFrom('taken', 'exhausted', 'unavailable'),
  remaining: fc.nat(100),
  refillAmount: fc.option(fc.nat(100)),
  refillIntervalMs: fc.option(fc.nat(100_000)),
  refillAt: fc.option(fc.integer({ min: NOON, max: NOON + 90_000_000 })),
});

const anyLimits: fc.Arbitrary<LimitsSeen> = fc.record({
  windows: fc.array(anyWindow, { maxLength: 3 }),
  quota: fc.option(anyQuota, { freq: 2 }),
});

function linesOf(headers: readonly string[]): string {
  return headers.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
}

test('the lines of a head say what the headers say, whatever limits came before', () => {
  fc.assert(
    fc.property(fc.array(anyLimits, { minLength: 1, maxLength: 5 }), (sequence) => {
      for (const limits of sequence) expect(rateLimitLines(limits, NOON)).toBe(linesOf(rateLimitHeaders(limits, NOON)));
    }),
    { numRuns: 500 },
  );
});

test('one window is shown three times: by itself, as a policy and as what is left', () => {
  const window = { name: 'default', allowed: true, limit: 100, current: 1, remaining: 99, windowMs: 60_000, openedAt: NOON };
  expect(rateLimitHeaders({ windows: [{ ...window, resetAt: NOON + 59_001 }], quota: null }, NOON)).toEqual([
    'X-RateLimit-Limit',
    '100',
    'X-RateLimit-Remaining',
    '99',
    'X-RateLimit-Reset',
    '2026-01-15T12:00:59.001Z',
    'RateLimit-Policy',
    '"default";q=100;w=60',
    'RateLimit',
    '"default";r=99;t=60',
  ]);
});

test('nothing is said where there is no limit', () => {
  expect(rateLimitHeaders({ windows: [], quota: null }, NOON)).toEqual([]);
  expect(rateLimitLines({ windows: [], quota: null }, NOON)).toBe('');
});
