import { Worker } from 'node:worker_threads';
import { type CallPort, createCallPort } from './call-port.ts';
import type { GatewayThreadsOptions } from './gateway-threads.ts';
import type { ThreadMethods } from './thread-protocol.ts';

/** A thread from its start to its end. */
export interface StartedThread {
  readonly port: CallPort<ThreadMethods>;
  /** Rejects where it ends before. */
  readonly ready: Promise<void>;
  /** Whether it may serve by now. */
  readonly isReady: boolean;
  readonly ended: Promise<void>;
  terminate(): void;
}

const ENTRY = new URL('./gateway-thread.ts', import.meta.url);

export function startThread(
  number: number,
  holder: number,
  { logger, dataOf, serve, connectSpool }: Pick<GatewayThreadsOptions, 'logger' | 'dataOf' | 'serve' | 'connectSpool'>,
): StartedThread {
  const worker = new Worker(ENTRY, { name: `gateway-${number}`, workerData: dataOf(number, holder) });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  let isReady = false;
  const onReady = (): void => {
    isReady = true;
    resolve();
  };
  const port = createCallPort<ThreadMethods>(worker, serve(number, onReady));
  const disconnect = connectSpool((spool) => worker.postMessage({ spool }, [spool]));
  worker.on('error', (error: Error) => {
    logger.error({ err: error, thread: number }, 'An error that nobody caught ended a thread');
    reject(error);
  });
  const ended = new Promise<void>((end) => worker.once('exit', () => end())).then(() => {
    const reason = new Error(`Thread ${number} has ended.`);
    disconnect();
    port.end(reason);
    reject(reason);
  });
  ready.catch(() => undefined);
  return {
    port,
    ready,
    get isReady() {
      return isReady;
    },
    ended,
    terminate: () => void worker.terminate(),
  };
}
