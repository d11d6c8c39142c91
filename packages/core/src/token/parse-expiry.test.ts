import { describe, expect, it } from 'vitest';
import { parseExpiry } from './parse-expiry.ts';

describe('an expiry', () => {
  it.each([
    ['2026-12-31', Date.UTC(2026, 11, 31)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-12-31T12:00Z', Date.UTC(2026, 11, 31, 12)],
    ['2026-12-31T12:00:30.250Z', Date.UTC(2026, 11, 31, 12, 0, 30, 250)],
    ['2026-12-31T12:00:00+02:00', Date.UTC(2026, 11, 31, 10)],
  ])('%s', (text, at) => expect(parseExpiry(text)).toBe(at));

  it.each([
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-12-31T24:00Z',
    '2026-12-31T12:00',
    '2026-02-30T00:00Z',
    '31.12.2026',
    '',
    'soon',
    '1767225600000',
  ])('is not %j', (text) => expect(parseExpiry(text)).toBeNull());
});
