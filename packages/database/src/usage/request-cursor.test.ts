import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCursor, parseCursor } from './request-cursor.ts';

test('a cursor comes back as it was, and fits an address', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (at, id) => {
      const cursor = { atUs: String(at), id: String(id) };
      expect(formatCursor(cursor)).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
    }),
  );
});

test('anything else is refused', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(formatCursor(parseCursor(text))).toBe(text.replaceAll('=', ''));
      } catch (error) {
        expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
      }
    }),
  );
});
