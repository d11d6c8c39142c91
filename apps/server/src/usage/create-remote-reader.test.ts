import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { openSpool, type Spool } from '@latchkey/bearer-auth';
import { expect, onTestFinished, test } from 'vitest';
import { createCallPort, type Methods } from '../thread/call-port.ts';
import { createRemoteReader } from './create-remote-reader.ts';
import type { OwnerMethods } from './spool-protocol.ts';

const ignore = () => undefined;

/** A port at whose far end these are answered; `calls` asks the near one. */
function openCarrier(methods: Methods = {}) {
  const { port1, port2 } = new MessageChannel();
  const calls = createCallPort<OwnerMethods>(port2, { open: ignore, noteDurable: ignore, close: ignore, ...methods });
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  return { port: port1, calls, end: () => port2.close() };
}

function open() {
  const directory = mkdtempSync(path.join(tmpdir(), 'latchkey-reader-'));
  const spool = openSpool({ directory });
  const reader = createRemoteReader(spool, ignore);
  onTestFinished(async () => {
    await reader.close();
    await spool.close();
    rmSync(directory, { recursive: true });
  });
  return { spool, reader };
}

async function append(spool: Spool): Promise<void> {
  spool.append({ kind: 'loss', cause: 'dropped', at: 1_790_000_000_000, count: 1 }, ignore);
  await spool.settled();
}

test('whoever flushes is answered by the thread that came last, even before the end of the one before is heard of', async () => {
  const { reader } = open();
  let flushed = 0;
  reader.connect(openCarrier({ flush: () => new Promise(ignore) }).port);
  reader.connect(openCarrier({ flush: () => void flushed++ }).port);
  await reader.flush();
  expect(flushed).toBe(1);
});

test('what waits is told of also while nobody ships it: as much as nobody has said to be stored', async () => {
  const { spool, reader } = open();
  await append(spool);
  const one = spool.stats().bytes;
  expect(reader.stats().waitingBytes).toBe(one);
  const carrier = openCarrier();
  reader.connect(carrier.port);
  expect(reader.stats().waitingBytes).toBe(one);
  carrier.calls.tell('noteStats', { ...reader.stats(), shipped: 1, waitingBytes: 0 });
  await expect.poll(() => reader.stats().waitingBytes).toBe(0);
  await append(spool);
  carrier.end();
  await expect.poll(() => reader.stats().waitingBytes).toBe(spool.stats().bytes - one);
  expect(reader.stats().waitingBytes).toBeGreaterThan(0);
});
