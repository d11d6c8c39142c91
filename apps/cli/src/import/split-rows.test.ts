import { expect, it } from 'vitest';
import { splitRows } from './split-rows.ts';

const rows = (count: number, text: string) => Array.from({ length: count }, (_, index) => ({ line: index + 1, values: { name: text } }));

it('no part is more than one call can carry, and none is lost or changes its place', () => {
  for (const all of [rows(2_500, 'short'), rows(60, 'x'.repeat(10_000)), rows(1_000, 'x'), rows(1, 'x'.repeat(1_000_000))]) {
    const parts = splitRows(all);
    expect(parts.flat()).toEqual(all);
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(200);
      expect(part.length === 1 || JSON.stringify(part).length < 512 * 1_024).toBe(true);
    }
  }
  expect(splitRows(rows(2_500, 'short'))).toHaveLength(13);
  expect(splitRows([])).toEqual([]);
});
