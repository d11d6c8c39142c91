import type { Spool } from '@latchkey/bearer-auth';
import type { SpoolDescription, SpoolNews } from './spool-protocol.ts';

/** What the thread that ships a spool has not been told of it yet. */
export interface SpoolNewsDesk {
  /** Everything since the last time, and the segments where others than the last one may have changed. */
  take(): SpoolNews;
  takeWithSegments(): SpoolNews & Pick<SpoolDescription, 'segments'>;
  close(): void;
}

/** So long may news wait for more: a message costs as much as several records. */
const NEWS_DELAY_MS = 20;

/** Calls `tell` where records have become durable. */
export function createSpoolNewsDesk(spool: Spool, tell: () => void): SpoolNewsDesk {
  let untold = 0;
  let toldSegment = 0;
  let timer: NodeJS.Timeout | undefined;

  const unsubscribe = spool.onDurable((records) => {
    untold += records;
    timer ??= setTimeout(tellNow, NEWS_DELAY_MS).unref();
  });

  function tellNow(): void {
    timer = undefined;
    tell();
  }

  /** Segments change when another one is written to; those that were deleted are known to whoever asked for it. */
  function take(): SpoolNews {
    const end = spool.end();
    return end.segment === toldSegment ? { end, records: takeUntold() } : takeWithSegments();
  }

  function takeWithSegments(): SpoolNews & Pick<SpoolDescription, 'segments'> {
    const end = spool.end();
    toldSegment = end.segment;
    return { end, records: takeUntold(), segments: spool.segments() };
  }

  function takeUntold(): number {
    const records = untold;
    untold = 0;
    return records;
  }

  return {
    take,
    takeWithSegments,
    close() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
