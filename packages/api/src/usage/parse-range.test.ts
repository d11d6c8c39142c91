import { describe, expect, it } from 'vitest';
import { parseRange } from './parse-range.ts';

const at = (day: string) => `${day}T00:00:00.000Z`;

describe('parseRange', () => {
  it('answers epoch milliseconds', () => {
    expect(parseRange({ tokenId: 7, from: at('2026-01-01'), to: at('2026-01-02') })).toEqual({
      tokenId: 7,
      from: Date.UTC(2026, 0, 1),
      to: Date.UTC(2026, 0, 2),
    });
  });

  it('takes 366 days and not a millisecond more', () => {
    expect(() => parseRange({ from: at('2024-01-01'), to: at('2025-01-01') })).not.toThrow();
    expect(() => parseRange({ from: at('2024-01-01'), to: '2025-01-01T00:00:00.001Z' })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR' }),
    );
  });

  it.each([
    ['0000-01-01', '0000-02-01'],
    ['1969-12-31', '1970-02-01'],
    ['9998-12-31', '9999-01-02'],
  ])('refuses years that not every database reads alike: %s to %s', (from, to) => {
    expect(() => parseRange({ from: at(from), to: at(to) })).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  });

  it.each(['2026-01-01', '2025-12-31'])('refuses a range that ends at or before its beginning: %s', (to) => {
    expect(() => parseRange({ from: at('2026-01-01'), to: at(to) })).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ path: 'to' })] }),
    );
  });
});
