import { expect, test } from 'vitest';
import { createBatchLimit } from './batch-limit.ts';

test('grows while full batches are stored quickly, up to the most', () => {
  const limit = createBatchLimit(50_000);
  const seen = [5_000, 10_000, 20_000, 40_000, 50_000, 50_000];
  for (const records of seen) {
    expect(limit.records).toBe(records);
    limit.note(limit.records, 300);
  }
});

test('stays where batches are not full, or take a while', () => {
  const limit = createBatchLimit(50_000);
  limit.note(4_999, 10);
  limit.note(5_000, 1_500);
  expect(limit.records).toBe(5_000);
});

test('shrinks where a transaction takes long, and never to nothing', () => {
  const limit = createBatchLimit(50_000);
  for (let turn = 0; turn < 10; turn += 1) limit.note(limit.records, 10_000);
  expect(limit.records).toBe(1_000);
  const small = createBatchLimit(10);
  small.note(10, 10_000);
  expect(small.records).toBe(10);
});
