import { expect, test } from 'vitest';
import { createHeldPool } from '../testing/create-held-pool.ts';
import { createImportedSecrets } from './create-imported-secrets.ts';

function open() {
  const { pool, queries } = createHeldPool();
  const clock = { now: 0 };
  return {
    queries,
    clock,
    imported: createImportedSecrets(
      pool,
      () => false,
      () => clock.now,
    ),
  };
}

const ended = () => Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
const hint = { starts: [''], last4: 'tail' };

test('what was imported is asked again where the connection was ended under the question', async () => {
  const { imported, queries } = open();
  const kinds = { foreign: true, sha256: false, bcrypt: true };
  const read = Promise.resolve(imported.kinds());
  queries[0]?.reject(ended());
  await expect.poll(() => queries.length).toBe(2);
  queries[1]?.resolve({ rows: [kinds] });
  expect(await read).toEqual(kinds);

  const found = imported.findBcrypt(hint);
  await expect.poll(() => queries.length).toBe(3);
  queries[2]?.reject(ended());
  await expect.poll(() => queries.length).toBe(4);
  queries[3]?.resolve({ rows: [] });
  expect(await found).toEqual([]);
});

test('whoever waited two seconds for a turn is told to try again, and does not keep the next one waiting', async () => {
  const { imported, queries, clock } = open();
  const hanging = imported.findBcrypt(hint);
  await expect.poll(() => queries.length).toBe(1);
  const waiting = imported.findBcrypt(hint);
  clock.now = 2_001;
  const late = imported.findBcrypt(hint);
  queries[0]?.reject(new Error('Query read timeout'));
  await expect(hanging).rejects.toThrow('Query read timeout');
  await expect(waiting).rejects.toThrow('waiting for too long');
  await expect.poll(() => queries.length).toBe(2);
  queries[1]?.resolve({ rows: [] });
  expect(await late).toEqual([]);
});
