import type { AttemptResult, ClaimedDelivery, DeliveryQueue } from '@latchkey/database';
import { expect, it } from 'vitest';
import { createDispatcher } from './create-dispatcher.ts';

const delivery = (id: number): ClaimedDelivery => ({
  id,
  webhookId: id,
  url: 'https://example.com/',
  secrets: [],
  event: { id: `evt_${id}`, type: 'token.created', occurred_at: '2026-11-22T12:00:00.000Z', data: {} },
  tries: 0,
  leaseUntil: 0,
});
const delivered: AttemptResult = {
  at: 0,
  durationMs: 1,
  statusCode: 204,
  error: null,
  responseExcerpt: '',
  verdict: { kind: 'delivered' },
};

/** The real queue is tested with PostgreSQL; here it fails, which can not be staged there at the right moment. */
function aQueue(answers: (() => ClaimedDelivery[])[]) {
  const finished: number[] = [];
  const queue: DeliveryQueue = {
    claim: async () => answers.shift()?.() ?? [],
    finish: async ({ id }) => finished.push(id) > 0,
  };
  return { queue, finished };
}

it('goes on after a queue that fails, and tells of it', async () => {
  const errors: unknown[] = [];
  const { queue, finished } = aQueue([
    () => {
      throw new Error('away');
    },
    () => [delivery(1)],
  ]);
  const dispatcher = createDispatcher({ queue, attempt: async () => delivered, onError: (error) => void errors.push(error), pollMs: 1 });
  dispatcher.start();
  await expect.poll(() => finished).toEqual([1]);
  await dispatcher.close();
  expect(errors).toEqual([new Error('away')]);
  expect(dispatcher.stats).toMatchObject({ delivered: 1, failed: 0, underWay: 0 });
});

it('when it is closed it takes nothing more, waits for what is under way, and breaks off what takes too long', async () => {
  const { queue, finished } = aQueue([() => [delivery(1), delivery(2)], () => [delivery(3)]]);
  const started = Promise.withResolvers<void>();
  const quick = Promise.withResolvers<AttemptResult>();
  const dispatcher = createDispatcher({
    queue,
    attempt: (claimed, stop) => {
      if (claimed.id === 1) return quick.promise;
      started.resolve();
      return new Promise((resolve) => stop.addEventListener('abort', () => resolve(null)));
    },
    onError: () => undefined,
    concurrency: 2,
    graceMs: 20,
  });
  dispatcher.start();
  await started.promise;
  const closed = dispatcher.close();
  quick.resolve(delivered);
  await closed;
  expect(finished).toEqual([1]);
});
