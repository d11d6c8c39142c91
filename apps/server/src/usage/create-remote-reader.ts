import type { MessagePort } from 'node:worker_threads';
import type { Spool, SpoolProblem, SpoolReader, SpoolReaderStats } from '@latchkey/bearer-auth';
import { type CallPort, createCallPort } from '../thread/call-port.ts';
import type { CarrierMethods, OwnerMethods, SpoolDescription, SpoolNews } from './spool-protocol.ts';

/** Ships a spool of this thread by another one. */
export interface RemoteReader extends SpoolReader {
  /** The other thread is at the far end of `port`; the one before it has ended. */
  connect(port: MessagePort): void;
}

/** So long may news wait for more: a message costs as much as several records. */
const NEWS_DELAY_MS = 20;
const NOTHING_YET: SpoolReaderStats = {
  shipped: 0,
  corrupt: 0,
  corruptBytes: 0,
  missing: 0,
  waitingBytes: 0,
  failures: 0,
  lastShippedAt: null,
};

/**
 * Keeps the spool and tells the thread that ships it how far it is durable; only bytes that were told of are ever read. Segments are deleted
 * here. Where the other thread ends, what it did is in the database, and the next one goes on from there.
 */
export function createRemoteReader(spool: Spool, onProblem: (problem: SpoolProblem) => void): RemoteReader {
  let carrier: CallPort<CarrierMethods> | null = null;
  let connected = Promise.withResolvers<CallPort<CarrierMethods>>();
  /** Of the threads before the present one. */
  let before = NOTHING_YET;
  let latest = NOTHING_YET;
  /** Whether the present thread has told how far it is. */
  let isTold = false;
  /** Bytes of the spool that were stored already when that was last told. */
  let storedBytes = 0;
  let connections = 0;
  let untold = 0;
  let newsTimer: NodeJS.Timeout | undefined;
  let toldSegment = 0;
  let isClosing = false;

  const unsubscribe = spool.onDurable((records) => {
    untold += records;
    newsTimer ??= setTimeout(tellNews, NEWS_DELAY_MS).unref();
  });

  function tellNews(): void {
    clearTimeout(newsTimer);
    newsTimer = undefined;
    carrier?.tell('noteDurable', takeNews());
  }

  /** Segments change when another one is written to; those that were deleted are known to whoever asked for it. */
  function takeNews(): SpoolNews {
    const end = spool.end();
    return end.segment === toldSegment ? { end, records: takeUntold() } : takeAllNews();
  }

  function takeAllNews(): SpoolNews & Pick<SpoolDescription, 'segments'> {
    const end = spool.end();
    toldSegment = end.segment;
    return { end, records: takeUntold(), segments: spool.segments() };
  }

  function takeUntold(): number {
    const records = untold;
    untold = 0;
    return records;
  }

  /** Up to here the position may have been moved on by a thread before, whose last transaction may even be committed after its end. */
  function describe(): SpoolDescription {
    const { id, base } = spool;
    const firstOwnSegment = connections > 1 ? spool.end().segment + 1 : spool.firstOwnSegment;
    return { id, base, firstOwnSegment, ...takeAllNews() };
  }

  const methods: OwnerMethods = {
    async settle() {
      await spool.settled();
      return takeAllNews();
    },
    async release(position) {
      await spool.release(position);
      return takeAllNews();
    },
    renew(base) {
      spool.renew(base);
      return describe();
    },
    noteStats(stats) {
      latest = stats;
      isTold = true;
      storedBytes = Math.max(0, spool.stats().bytes - stats.waitingBytes);
    },
    noteProblem: onProblem,
  };

  function connect(port: MessagePort): void {
    const calls = createCallPort<CarrierMethods>(port, methods);
    // The end of the one before may be heard of later than of its successor.
    if (carrier !== null) lose();
    carrier = calls;
    connections += 1;
    before = stats();
    latest = NOTHING_YET;
    isTold = false;
    port.once('close', () => {
      calls.end(new Error('The thread that ships usage records has ended.'));
      if (carrier === calls) lose();
    });
    port.unref();
    calls.tell('open', describe());
    connected.resolve(calls);
  }

  function lose(): void {
    carrier = null;
    isTold = false;
    connected = Promise.withResolvers();
  }

  /** While nobody tells, nothing more is stored as far as anybody knows. */
  function waitingBytes(): number {
    return isTold ? latest.waitingBytes : Math.max(0, spool.stats().bytes - storedBytes);
  }

  /** Of all threads that shipped it. */
  function stats(): SpoolReaderStats {
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

  /** Asks again where the other thread ended meanwhile and another came. */
  async function flush(): Promise<void> {
    for (;;) {
      const calls = await connected.promise;
      try {
        return await calls.call('flush');
      } catch (error) {
        if (carrier === calls || isClosing) throw error;
      }
    }
  }

  async function close(): Promise<void> {
    isClosing = true;
    connected.promise.catch(() => undefined);
    connected.reject(new Error('The spool reader was closed before everything was stored.'));
    // Without the other thread everything stays in the spool, for the next process.
    await carrier?.call('close').catch(() => undefined);
    unsubscribe();
    clearTimeout(newsTimer);
    carrier = null;
  }

  return { connect, flush, stats, close };
}
