import { expect, it } from 'vitest';
import { formatRate, formatWindow, joinWindow, splitWindow } from './limit-window.ts';

it.each([
  [60_000, 1, 'minute'],
  [90_000, 90, 'second'],
  [7_200_000, 2, 'hour'],
  [86_400_000, 1, 'day'],
  [1_500, 1_500, 'millisecond'],
] as const)('%i ms are %i %s(s), and back', (windowMs, count, unit) => {
  expect(splitWindow(windowMs)).toEqual({ count, unit });
  expect(joinWindow(count, unit)).toBe(windowMs);
});

it('a rate reads like people write it', () => {
  expect(formatRate(600, 60_000)).toBe('600/min');
  expect(formatRate(1_000, 900_000)).toBe('1,000/15 min');
  expect(formatRate(null, 60_000)).toBe('no rate limit');
  expect(formatWindow(60_000)).toBe('minute');
  expect(formatWindow(900_000)).toBe('15 minutes');
});
