import { expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

it('runs work in turn, also after one that failed, and refuses what would wait behind too many', async () => {
  const run = oneAtATime(2);
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = run(async () => {
    await gate.promise;
    order.push('first');
    throw new Error('broken');
  });
  const second = run(async () => void order.push('second'));
  await expect(run(async () => {})).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  gate.resolve();
  await expect(first).rejects.toThrow('broken');
  await second;
  expect(order).toEqual(['first', 'second']);
  await expect(run(async () => 'again')).resolves.toBe('again');
});
