import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openRawUpstream, untilSettled } from '../testing/open-proxied.ts';
import type { Connection, RequestEvents } from './connection.ts';
import { createConnectionPool } from './connection-pool.ts';

async function openPool(answer: (socket: Socket) => void) {
  const upstream = await openRawUpstream((socket) => socket.on('data', () => answer(socket)));
  const pool = createConnectionPool(new URL(upstream.url));
  onTestFinished(pool.close);
  return pool;
}

/** Sends a request, and resolves when its answer is whole. */
function request(connection: Connection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const nothing = () => {};
  const quiet = { onConnect: nothing, onHead: nothing, onBody: nothing, onFlush: nothing, onDrain: nothing, onExpired: nothing };
  const events: RequestEvents = { ...quiet, onEnd: resolve, onLost: reject };
  connection.begin('GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', false, events);
  return promise;
}

const NO_CONTENT = 'HTTP/1.1 204 No Content\r\n\r\n';

test('a connection is left alone for a moment after an answer, and then used again', async () => {
  const pool = await openPool((socket) => socket.write(NO_CONTENT));
  const first = pool.take();
  await request(first);
  pool.giveBack(first);
  expect(pool.take()).not.toBe(first);
  await untilSettled();
  expect(pool.take()).toBe(first);
  expect(first.isReused).toBe(true);
});

test('in that moment what comes behind an answer without a body ends it', async () => {
  const pool = await openPool((socket) => socket.write(NO_CONTENT, () => setImmediate(() => socket.write('a body all the same'))));
  const first = pool.take();
  await request(first);
  expect(first.isOpen).toBe(true);
  pool.giveBack(first);
  await untilSettled();
  expect(first.isOpen).toBe(false);
  expect(pool.take()).not.toBe(first);
});

test('the last one used is the first to be used again', async () => {
  const pool = await openPool((socket) => socket.write(NO_CONTENT));
  const connections = [pool.take(), pool.take()];
  for (const connection of connections) {
    await request(connection);
    pool.giveBack(connection);
    await untilSettled();
  }
  expect(pool.take()).toBe(connections[1]);
  expect(pool.take()).toBe(connections[0]);
});

test('closing ends those in use, those at rest, and those that come back later', async () => {
  const pool = await openPool((socket) => socket.write(NO_CONTENT));
  const [inUse, atRest, late] = [pool.take(), pool.take(), pool.take()];
  await request(atRest);
  pool.giveBack(atRest);
  await request(late);
  pool.close();
  pool.giveBack(late);
  expect([inUse, atRest, late].map(({ isOpen }) => isOpen)).toEqual([false, false, false]);
});
