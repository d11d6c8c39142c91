import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import type { UsageStore } from '@latchkey/core';
import { expect, test } from 'vitest';
import { createCallPort } from '../thread/call-port.ts';
import { carrySpool } from './carry-spool.ts';
import type { CarrierMethods } from './spool-protocol.ts';

test('when the thread that keeps the spool ends, nothing of it is shipped any more, nor asked for', async () => {
  const { port1, port2 } = new MessageChannel();
  const { promise: isAsked, resolve: setAsked } = Promise.withResolvers<void>();
  let asked = 0;
  const store: UsageStore = {
    async readPosition() {
      asked += 1;
      setAsked();
      throw new Error('away');
    },
    ingest: () => Promise.reject(new Error('away')),
  };
  const carried = carrySpool(port1, store);
  const owner = createCallPort<CarrierMethods>(port2, {});
  const end = { segment: 1, offset: 0 };
  const segments = [{ number: 1, path: '/nowhere', bytes: 0, sealed: false }];
  owner.tell('open', { id: '0'.repeat(32), base: null, firstOwnSegment: 1, end, segments });
  await isAsked;
  port2.close();
  await carried.stopped;
  const until = asked;
  // Longer than it would wait between two attempts.
  await delay(1_500);
  expect(asked).toBe(until);
});
