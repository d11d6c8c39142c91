import type { Spool, SpoolReaderStats } from '@latchkey/bearer-auth';

/** How far a spool is stored, over all threads that shipped it, one after another. */
export interface CarriedStats {
  /** Another thread ships from now on. */
  begin(): void;
  /** The thread that shipped has ended. */
  lose(): void;
  /** As the present thread tells it, of its own time. */
  note(stats: SpoolReaderStats): void;
  read(): SpoolReaderStats;
}

const NOTHING_YET: SpoolReaderStats = {
  shipped: 0,
  corrupt: 0,
  corruptBytes: 0,
  missing: 0,
  waitingBytes: 0,
  failures: 0,
  lastShippedAt: null,
};

export function createCarriedStats(spool: Pick<Spool, 'stats'>): CarriedStats {
  /** Of the threads before the present one. */
  let before = NOTHING_YET;
  let latest = NOTHING_YET;
  /** Whether the present thread has told how far it is. */
  let isTold = false;
  /** Bytes of the spool that were stored already when that was last told. */
  let storedBytes = 0;

  /** Between two threads, what the first one told last is taken as stored, and all that came since as waiting. */
  function waitingBytes(): number {
    return isTold ? latest.waitingBytes : Math.max(0, spool.stats().bytes - storedBytes);
  }

  function read(): SpoolReaderStats {
    const add = (name: 'shipped' | 'corrupt' | 'corruptBytes' | 'missing') => before[name] + latest[name];
    return {
      shipped: add('shipped'),
      corrupt: add('corrupt'),
      corruptBytes: add('corruptBytes'),
      missing: add('missing'),
      waitingBytes: waitingBytes(),
      failures: latest.failures,
      lastShippedAt: latest.lastShippedAt ?? before.lastShippedAt,
    };
  }

  return {
    begin() {
      before = read();
      latest = NOTHING_YET;
      isTold = false;
    },
    lose() {
      isTold = false;
    },
    note(stats) {
      latest = stats;
      isTold = true;
      storedBytes = Math.max(0, spool.stats().bytes - stats.waitingBytes);
    },
    read,
  };
}
