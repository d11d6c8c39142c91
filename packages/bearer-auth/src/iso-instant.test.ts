import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoInstant } from './iso-instant.ts';

const FURTHEST = 8.64e15;

test('every instant is written as Date writes it', () => {
  const instant = fc.oneof(
    fc.integer({ min: 0, max: 4e12 }),
    fc.integer({ min: -FURTHEST, max: FURTHEST }),
    fc.double({ min: 0, max: 4e12, noNaN: true }),
  );
  fc.assert(
    fc.property(instant, (at) => {
      expect(isoInstant(at)).toBe(new Date(at).toISOString());
    }),
  );
});

test.each([-1, 0, 86_399_999, 86_400_000, -86_400_000, FURTHEST, -FURTHEST])('%i too, at the edge of a day', (at) => {
  expect(isoInstant(at)).toBe(new Date(at).toISOString());
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, FURTHEST + 86_400_000, -FURTHEST - 1])('%d is no instant', (at) => {
  expect(() => isoInstant(at)).toThrow(RangeError);
});
