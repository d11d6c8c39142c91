import type { MessagePort } from 'node:worker_threads';
import { createSpoolReader, type SpoolReader } from '@latchkey/bearer-auth';
import type { UsageStore } from '@latchkey/core';
import { createCallPort } from '../thread/call-port.ts';
import { createSpoolCopy, type SpoolCopy } from './create-spool-copy.ts';
import type { CarrierMethods, OwnerMethods } from './spool-protocol.ts';

const STATS_INTERVAL_MS = 250;

export interface CarriedSpool {
  /** Resolves when nothing of it is under way any more. */
  readonly stopped: Promise<void>;
  /** Ships what is waiting unless the store fails, then stops. */
  close(): Promise<void>;
}

/** Ships the spool that is kept at the far end of `port`, until either end has had enough or is gone. */
export function carrySpool(port: MessagePort, store: UsageStore): CarriedSpool {
  const { promise: stopped, resolve: setStopped } = Promise.withResolvers<void>();
  let copy: SpoolCopy | null = null;
  let reader: SpoolReader | null = null;
  let told = '';

  function tellStats(): void {
    const stats = reader?.stats();
    const text = JSON.stringify(stats);
    if (stats === undefined || text === told) return;
    told = text;
    owner.tell('noteStats', stats);
  }

  const methods: CarrierMethods = {
    open(spool) {
      copy = createSpoolCopy(spool, owner);
      reader = createSpoolReader({ spool: copy, store, now: Date.now, onProblem: (problem) => owner.tell('noteProblem', problem) });
    },
    noteDurable: (news) => copy?.note(news),
    async flush() {
      await reader?.flush();
      tellStats();
    },
    close,
  };
  async function close(): Promise<void> {
    await reader?.close();
    tellStats();
    // After this the answer is all that is left to be sent.
    setImmediate(() => port.close());
  }

  const owner = createCallPort<OwnerMethods>(port, methods);
  const statsTimer = setInterval(tellStats, STATS_INTERVAL_MS).unref();

  port.once('close', async () => {
    owner.end(new Error('The thread that keeps this spool has ended.'));
    clearInterval(statsTimer);
    await reader?.close().catch(() => undefined);
    setStopped();
  });
  return { stopped, close };
}
