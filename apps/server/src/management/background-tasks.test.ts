import { expect, it } from 'vitest';
import { createBackgroundTasks } from './background-tasks.ts';

it('runs what it is given, and is settled when all of it has ended', async () => {
  const tasks = createBackgroundTasks({ error: () => {} });
  const gate = Promise.withResolvers<void>();
  const ended: number[] = [];
  for (const index of [1, 2, 3]) tasks.run('work', () => gate.promise.then(() => void ended.push(index)));
  const settled = tasks.settled();
  expect(ended).toEqual([]);
  gate.resolve();
  await settled;
  expect(ended).toEqual([1, 2, 3]);
});

it('logs a failure under the task’s label, and fails nobody', async () => {
  const logged: unknown[] = [];
  const tasks = createBackgroundTasks({ error: (fields: object, message: string) => void logged.push([fields, message]) } as never);
  const failure = new Error('gone');
  tasks.run('Deferred API key cleanup', () => Promise.reject(failure));
  await tasks.settled();
  expect(logged).toEqual([[{ err: failure, task: 'Deferred API key cleanup' }, 'A deferred task failed']]);
});
