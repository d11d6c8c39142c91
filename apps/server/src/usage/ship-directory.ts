import { rm } from 'node:fs/promises';
import { createSpoolReader, openSpool, type SpoolProblem } from '@latchkey/bearer-auth';
import type { UsageStore } from '@latchkey/core';
import type { CarriedSpool } from './carry-spool.ts';

/** Ships a spool that nobody keeps any more, and then removes its directory. What is left at `close` is shipped after the next start. */
export function shipDirectory(directory: string, store: UsageStore, onProblem: (problem: SpoolProblem) => void): CarriedSpool {
  const spool = openSpool({ directory, onProblem });
  const reader = createSpoolReader({ spool, store, now: Date.now, onProblem });
  const stopped = ship();

  async function ship(): Promise<void> {
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

  return { stopped, close: () => reader.close() };
}
