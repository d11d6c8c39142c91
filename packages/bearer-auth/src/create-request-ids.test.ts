import { expect, test } from 'vitest';
import { createRequestIds } from './create-request-ids.ts';

test('every id is another one, over several generators and far beyond the ids of one block', () => {
  const generators = Array.from({ length: 8 }, createRequestIds);
  const ids = new Set(generators.flatMap((create) => Array.from({ length: 10_000 }, create)));
  expect(ids.size).toBe(80_000);
  for (const id of ids) if (!/^[0-9a-z]{18}$/.test(id)) expect.unreachable(id);
});

test('what comes before the count is drawn anew with each block, every character as likely as the others', () => {
  const create = createRequestIds();
  const blocks = Array.from({ length: 3_000 * 1_296 }, create).filter((_, index) => index % 1_296 === 0);
  expect(new Set(blocks.map((id) => id.slice(0, 16))).size).toBe(3_000);
  const counts = new Map<string, number>();
  for (const id of blocks) for (const character of id.slice(0, 16)) counts.set(character, (counts.get(character) ?? 0) + 1);
  // 48,000 draws over 36 characters: 1,333 each, give or take 36; seven times that is never met by chance.
  expect(counts.size).toBe(36);
  for (const count of counts.values()) expect(Math.abs(count - 1_333)).toBeLessThan(7 * 36);
});
