import { expect, it } from 'vitest';
import { OVERLAPS, overlapFault, overlapInput } from './overlap-choice.ts';

it('an overlap is seconds from none to seven days, or hours of quiet', () => {
  const seconds = OVERLAPS.filter(({ value }) => value !== 'quiet').map(({ value }) => overlapInput({ choice: value, quietHours: '' }));
  expect(seconds).toEqual([0, 900, 3_600, 21_600, 86_400, 604_800].map((overlapSeconds) => ({ overlapSeconds })));
  expect(overlapInput({ choice: 'quiet', quietHours: 12 })).toEqual({ quietHours: 12 });
});

it.each([
  [12, null],
  [168, null],
  [0, 'Give whole hours, 1 to 168.'],
  [169, 'Give whole hours, 1 to 168.'],
  [1.5, 'Give whole hours, 1 to 168.'],
  ['', 'Give whole hours, 1 to 168.'],
])('%j hours of quiet: %j', (quietHours, fault) => expect(overlapFault({ choice: 'quiet', quietHours })).toBe(fault));

it('hours are looked at only where they are asked for', () => expect(overlapFault({ choice: '0', quietHours: '' })).toBeNull());
