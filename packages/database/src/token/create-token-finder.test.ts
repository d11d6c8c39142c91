import type { TokenDigest } from '@latchkey/core';
import { expect, test } from 'vitest';
import { createHeldPool } from '../testing/create-held-pool.ts';
import { createTokenFinder } from './create-token-finder.ts';

const digest: TokenDigest = { algorithm: 'hmac-sha256', secretVersion: 1, digest: new Uint8Array(32) };

function open() {
  const { pool, queries } = createHeldPool();
  const clock = { now: 0 };
  return { queries, clock, find: createTokenFinder(pool, () => clock.now) };
}

test('what is asked for while two queries are under way is asked for in one, when the first of them is over', async () => {
  const { find, queries } = open();
  const found = Array.from({ length: 20 }, () => find([digest]));
  expect(queries).toHaveLength(2);
  queries[0]?.resolve({ rows: [] });
  expect(await found[0]).toBeNull();
  expect(queries).toHaveLength(3);
  for (const query of queries) query.resolve({ rows: [] });
  expect(await Promise.all(found)).toEqual(found.map(() => null));
});

test('whoever waited two seconds for a database that hangs is told to try again, and not queued behind everybody else', async () => {
  const { find, queries, clock } = open();
  const hanging = [find([digest]), find([digest])];
  const waiting = find([digest]);
  clock.now = 2_001;
  const late = find([digest]);
  await expect(waiting).rejects.toThrow('waiting for too long');
  expect(queries).toHaveLength(2);
  for (const query of queries) query.reject(new Error('Query read timeout'));
  for (const look of hanging) await expect(look).rejects.toThrow('Query read timeout');
  expect(queries).toHaveLength(3);
  queries[2]?.resolve({ rows: [] });
  expect(await late).toBeNull();
});
