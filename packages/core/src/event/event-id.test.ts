import { expect, it } from 'vitest';
import { createEventId } from './event-id.ts';

it('is a UUID version 7 in hex behind evt_', () => {
  const id = createEventId(Date.UTC(2026, 10, 22));
  expect(id).toMatch(/^evt_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(Number.parseInt(id.slice(4, 16), 16)).toBe(Date.UTC(2026, 10, 22));
});

it('sorts by time and never repeats', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => createEventId(1_700_000_000_000 + index));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => createEventId(1_700_000_000_000))).size).toBe(1000);
});
