import { rm } from 'node:fs/promises';
import { createSpoolReader, openSpool, type SpoolProblem, type SpoolReader } from '@latchkey/bearer-auth';
import type { UsageStore } from '@latchkey/core';
import type { CarriedSpool } from './carry-spool.ts';

/**
 * Ships a spool that nobody keeps any more, and then removes its directory. What is left at `close`, or can not be read, is for the next
 * start: it holds up nobody else's.
 */
export function shipDirectory(directory: string, store: UsageStore, onProblem: (problem: SpoolProblem) => void): CarriedSpool {
  let reader: SpoolReader | null = null;
  const stopped = ship().catch((error: unknown) => {
    onProblem({
      kind: 'ship_failed',
      message: `What is in ${directory}, which nobody keeps any more, could not be stored and removed.`,
      error,
    });
  });

  async function ship(): Promise<void> {
    const spool = openSpool({ directory, onProblem });
    reader = createSpoolReader({ spool, store, now: Date.now, onProblem });
    const isShipped = await reader.flush().then(
      () => true,
      () => false,
    );
    await reader.close();
    await spool.release(spool.end());
    const isEmpty = spool.segments().every(({ bytes }) => bytes === 0);
    await spool.close();
    if (isShipped && isEmpty) await rm(directory, { recursive: true });
  }

  return { stopped, close: async () => reader?.close() };
}
