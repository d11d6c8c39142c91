import type { MessagePort } from 'node:worker_threads';
import type { TokenChange } from '@latchkey/core';
import type { Logger } from 'pino';
import type { Address } from '../http/listen.ts';
import { applyEverywhere, askAll } from './ask-threads.ts';
import type { CallPort } from './call-port.ts';
import { createThreadCrew } from './thread-crew.ts';
import type { MainMethods, ThreadData, ThreadFigures, ThreadMethods } from './thread-protocol.ts';

/** The threads that serve the public API, as the main thread sees them. */
export interface GatewayThreads {
  /** Resolves with the port when every thread listens on it. */
  listen(address: Address): Promise<number>;
  /** Resolves when no thread knows these tokens any more. */
  invalidate(ids: readonly number[]): Promise<void>;
  readFigures(): Promise<ThreadFigures[]>;
  /** Units of a quota that the threads have leased and not spent. */
  unspent(tokenId: number, epoch: number, refillAt: number | null): Promise<number>;
  /** Whether every thread takes usage records. */
  areAccepting(): Promise<boolean>;
  /** Resolves with the reason when threads end again and again. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

export interface GatewayThreadsOptions {
  readonly count: number;
  readonly logger: Logger;
  /** What a thread is started with; `holder` is never the same twice. */
  dataOf(number: number, holder: number): ThreadData;
  /** What it is answered with. */
  serve(number: number, onReady: () => void): MainMethods;
  /** Has the thread's spool shipped over the ports that `give` gets, until the function that it answers is called. */
  connectSpool(give: (port: MessagePort) => void): () => void;
  /** Calls `listener` for every change of a token; what that answers is waited for before the change counts as applied. */
  subscribe(listener: (change: TokenChange) => Promise<void>): () => void;
  /** A thread has ended: whatever it held is to be taken back. */
  onEnded(holder: number): void;
}

/** Starts all threads and resolves when each can listen; where one can not, all are ended. One that could and ends is replaced. */
export async function startGatewayThreads(options: GatewayThreadsOptions): Promise<GatewayThreads> {
  const { threads, start, listen, failed, close } = createThreadCrew(options);
  const apply = (work: (port: CallPort<ThreadMethods>) => Promise<unknown>) => applyEverywhere(threads, options.logger, work);
  const unsubscribe = options.subscribe((change) => apply((port) => port.call('applyChange', change)));
  await start().catch((error: unknown) => {
    unsubscribe();
    throw error;
  });
  return {
    failed,
    listen,
    invalidate: (ids) => apply((port) => port.call('invalidate', ids)),
    readFigures: () => askAll(threads, (port) => port.call('readFigures')),
    unspent: async (...state) => (await askAll(threads, (port) => port.call('unspent', ...state))).reduce((sum, units) => sum + units, 0),
    areAccepting: async () => (await askAll(threads, (port) => port.call('isAccepting'), [false])).every(Boolean),
    async close() {
      await close();
      unsubscribe();
    },
  };
}
