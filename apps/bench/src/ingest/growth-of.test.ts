import { expect, test } from 'vitest';
import { growthOf } from './growth-of.ts';

test('is the rise of the line, whatever the figures do around it', () => {
  expect(growthOf([100, 101, 102, 103, 110])).toBeCloseTo(0.09, 2);
  expect(growthOf([100, 120, 80, 120, 80, 100])).toBeCloseTo(-0.11, 1);
  expect(growthOf([100, 100, 100])).toBe(0);
  expect(growthOf([100])).toBe(0);
  expect(growthOf([100, 150, 200])).toBeCloseTo(1, 5);
});
