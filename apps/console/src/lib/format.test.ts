import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatDateTime, formatMs, formatOffset, formatPercent, formatRelative, formatShare } from './format.ts';

describe('numbers', () => {
  test('counts are exact up to 9,999 and compact above', () => {
    expect([0, 9999, 12_480, 3_200_000].map(formatCount)).toEqual(['0', '9,999', '12.5K', '3.2M']);
  });

  test('fewer than 20 calls make no percentage', () => {
    expect([formatPercent(3, 7), formatPercent(0, 0), formatPercent(45, 50)]).toEqual(['3 of 7', '—', '90 %']);
  });

  test('rounding hides neither a failure nor a success', () => {
    expect([formatShare(99_999, 100_000), formatShare(1, 100_000), formatShare(5, 5), formatShare(0, 5)]).toEqual([
      '>99.9 %',
      '<0.1 %',
      '100 %',
      '0 %',
    ]);
  });

  test('durations change to seconds at one second; nothing measured is a dash', () => {
    expect([4.24, 412.4, 1240, null].map((ms) => formatMs(ms))).toEqual(['4.2 ms', '412 ms', '1.24 s', '—']);
  });

  test('sizes go by powers of 1,000', () => {
    expect([0, 999, 1500, 2_300_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '2.3 MB']);
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-22T12:00:00.000Z');

  test('relative times name one unit, past and future', () => {
    const at = (ms: number) => formatRelative(new Date(now + ms).toISOString(), now);
    expect([at(-2000), at(-45_000), at(-3 * 3_600_000), at(7 * 86_400_000)]).toEqual(['just now', '45 s ago', '3 h ago', 'in 7 d']);
    expect(formatRelative(null, now)).toBe('never');
  });

  test('the same hour twice on the day clocks go back differs by its offset', () => {
    expect(formatDateTime('2026-10-25T00:30:00.000Z', 'Europe/Berlin')).toBe(formatDateTime('2026-10-25T01:30:00.000Z', 'Europe/Berlin'));
    expect(formatOffset('2026-10-25T00:30:00.000Z', 'Europe/Berlin')).toBe('UTC+2');
    expect(formatOffset('2026-10-25T01:30:00.000Z', 'Europe/Berlin')).toBe('UTC+1');
  });
});
