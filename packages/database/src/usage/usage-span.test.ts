import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, hoursOf, lastDays, splitDays } from './usage-span.ts';

const LATER = Date.parse('2200-01-01');

test('the last N days end with the running hour', () => {
  expect(lastDays(7, Date.parse('2026-11-20T12:30:00Z'))).toEqual({
    from: Date.parse('2026-11-13T13:00:00Z'),
    to: Date.parse('2026-11-20T13:00:00Z'),
  });
  expect(lastDays(1, Date.parse('2026-11-20T12:00:00Z')).to).toBe(Date.parse('2026-11-20T13:00:00Z'));
});

test('a range takes in every hour that it touches', () => {
  expect(hoursOf({ from: HOUR_MS + 1, to: 2 * HOUR_MS + 1 })).toEqual({ from: HOUR_MS, to: 3 * HOUR_MS });
});

test('days and edges cover the hours once, days are whole, and an edge lies within one day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 400_000, max: 400_100 }), fc.integer({ min: 1, max: 100 }), (from, length) => {
      const hours = { from: from * HOUR_MS, to: (from + length) * HOUR_MS };
      const { days, edges } = splitDays(hours, LATER);
      const parts = [days, ...edges].filter((part) => part.to > part.from).sort((a, b) => a.from - b.from);
      expect(parts[0]?.from).toBe(hours.from);
      expect(parts.at(-1)?.to).toBe(hours.to);
      for (const [at, part] of parts.slice(1).entries()) expect(part.from).toBe(parts[at]?.to);
      expect([days.from % DAY_MS, days.to % DAY_MS]).toEqual([0, 0]);
      for (const edge of edges) if (edge.to > edge.from) expect(Math.floor(edge.from / DAY_MS)).toBe(Math.floor((edge.to - 1) / DAY_MS));
    }),
  );
});

test('the running day counts as whole', () => {
  const now = Date.parse('2026-11-20T12:30:00Z');
  const { days, edges } = splitDays({ from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-20T13:00:00Z') }, now);
  expect(days).toEqual({ from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-21T00:00:00Z') });
  expect(edges.every(({ from, to }) => from >= to)).toBe(true);
});
