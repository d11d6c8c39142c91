import type { MessagePort } from 'node:worker_threads';
import type { Spool, SpoolProblem, SpoolReader } from '@latchkey/bearer-auth';
import { type CallPort, createCallPort } from '../thread/call-port.ts';
import { createCarriedStats } from './carried-stats.ts';
import { createSpoolNewsDesk } from './spool-news.ts';
import type { CarrierMethods, OwnerMethods, SpoolDescription } from './spool-protocol.ts';

/** Ships a spool of this thread by another one. */
export interface RemoteReader extends SpoolReader {
  /** The other thread is at the far end of `port`; the one before it has ended. */
  connect(port: MessagePort): void;
}

type Carrier = CallPort<CarrierMethods>;

/**
 * Keeps the spool and tells the thread that ships it how far it is durable; only bytes that were told of are ever read. Segments are deleted
 * here. Where the other thread ends, what it did is in the database, and the next one goes on from there.
 */
export function createRemoteReader(spool: Spool, onProblem: (problem: SpoolProblem) => void): RemoteReader {
  const stats = createCarriedStats(spool);
  const news = createSpoolNewsDesk(spool, () => carrier?.tell('noteDurable', news.take()));
  let carrier: Carrier | null = null;
  let connected = Promise.withResolvers<Carrier>();
  let connections = 0;
  let isClosing = false;

  /** Up to here the position may have been moved on by a thread before, whose last transaction may even be committed after its end. */
  function describe(): SpoolDescription {
    const { id, base } = spool;
    const firstOwnSegment = connections > 1 ? spool.end().segment + 1 : spool.firstOwnSegment;
    return { id, base, firstOwnSegment, ...news.takeWithSegments() };
  }

  const methods: OwnerMethods = {
    async settle() {
      await spool.settled();
      return news.takeWithSegments();
    },
    async release(position) {
      await spool.release(position);
      return news.takeWithSegments();
    },
    renew(base) {
      spool.renew(base);
      return describe();
    },
    noteStats: stats.note,
    noteProblem: onProblem,
  };

  function connect(port: MessagePort): void {
    const calls = createCallPort<CarrierMethods>(port, methods);
    // The end of the one before may be heard of later than of its successor.
    if (carrier !== null) lose();
    carrier = calls;
    connections += 1;
    stats.begin();
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
    stats.lose();
    connected = Promise.withResolvers();
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
    news.close();
    carrier = null;
  }

  return { connect, flush, stats: stats.read, close };
}
