import { expect, test } from 'vitest';
import { chooseDayTicks, labelTick } from './describe-bucket.ts';

const HOUR_MS = 3_600_000;
const hours = Array.from({ length: 72 }, (_, hour) => ({
  at: new Date(Date.parse('2026-11-20T00:00:00Z') + hour * HOUR_MS).toISOString(),
}));

test.each([
  ['UTC', ['20 Nov', '21 Nov', '22 Nov']],
  ['Asia/Kolkata', ['21 Nov', '22 Nov', '23 Nov']],
  ['Asia/Kathmandu', ['21 Nov', '22 Nov', '23 Nov']],
])('several days of hours have a label for each day in %s', (timeZone, days) => {
  const ticks = chooseDayTicks(hours, 'hour', timeZone) ?? [];
  expect(ticks.map((at) => labelTick(at, 'hour', timeZone))).toEqual(days);
});

test('an hour within a day is labelled with its time', () => {
  expect(labelTick('2026-11-20T12:00:00.000Z', 'hour', 'Asia/Kolkata')).toBe('17:30');
});
