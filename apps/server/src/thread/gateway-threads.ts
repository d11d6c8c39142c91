import { setTimeout as delay } from 'node:timers/promises';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { TokenChange } from '@latchkey/core';
import type { Logger } from 'pino';
import type { Address, ThreadAddress } from '../http/listen.ts';
import { type CallPort, createCallPort } from './call-port.ts';
import { MAIN_HOLDER } from './counting.ts';
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

interface Thread {
  readonly port: CallPort<ThreadMethods>;
  readonly ready: Promise<void>;
  /** Whether it may serve by now. */
  readonly isReady: boolean;
  readonly ended: Promise<void>;
  terminate(): void;
}

const ENTRY = new URL('./gateway-thread.ts', import.meta.url);
/** A thread that does not apply a change within this time may not go on: it would accept what was revoked. */
const PATIENCE_MS = 5_000;
/** Longer nobody waits who only asks how it is. */
const ANSWER_MS = 2_000;
/** So many replacements within a minute, and the process gives up. */
const MAX_REPLACEMENTS = 5;
const MINUTE_MS = 60_000;

/** Starts all threads and resolves when each can listen; where one can not, all are ended. One that could and ends is replaced. */
export async function startGatewayThreads(options: GatewayThreadsOptions): Promise<GatewayThreads> {
  const { count, logger } = options;
  const threads = new Map<number, Thread>();
  const failed = Promise.withResolvers<string>();
  const replacedAt: number[] = [];
  let holders = MAIN_HOLDER;
  let address: ThreadAddress | null = null;
  let isStarted = false;
  let isClosing = false;

  function start(number: number): Thread {
    const holder = ++holders;
    const thread = startThread(number, holder, options);
    threads.set(number, thread);
    void thread.ended.then(() => {
      threads.delete(number);
      options.onEnded(holder);
      if (isStarted && !isClosing) replace(number);
    });
    return thread;
  }

  function replace(number: number): void {
    const now = performance.now();
    replacedAt.push(now);
    while ((replacedAt[0] ?? now) < now - MINUTE_MS) replacedAt.shift();
    if (replacedAt.length > MAX_REPLACEMENTS) {
      failed.resolve(`threads ended ${replacedAt.length} times within a minute, thread ${number} the last`);
      return;
    }
    logger.warn({ thread: number }, 'A thread has ended; another takes its place');
    const thread = start(number);
    void thread.ready
      .then(() => (address === null || isClosing ? null : thread.port.call('listen', address)))
      .catch((error: unknown) => {
        if (isClosing) return;
        logger.error({ err: error, thread: number }, 'A thread that took the place of another can not serve');
        thread.terminate();
      });
  }

  /** In every thread. One that ends meanwhile has nothing left to apply it to. */
  async function applyEverywhere(apply: (port: CallPort<ThreadMethods>) => Promise<unknown>): Promise<void> {
    await Promise.all([...threads].map(([number, thread]) => applyIn(number, thread, apply(thread.port))));
  }

  async function applyIn(number: number, thread: Thread, applied: Promise<unknown>): Promise<void> {
    if (!thread.isReady) {
      // It has served nobody yet, and hears of this before it is told to listen. How long it takes to start is nobody's business.
      applied.catch(() => undefined);
      return;
    }
    const stuck = setTimeout(() => {
      logger.error({ thread: number }, 'A thread did not apply a change of a token in time, and is ended');
      thread.terminate();
    }, PATIENCE_MS);
    await Promise.race([applied.catch(() => thread.ended), thread.ended]);
    clearTimeout(stuck);
  }

  const unsubscribe = options.subscribe((change) => applyEverywhere((port) => port.call('applyChange', change)));
  for (let number = 1; number <= count; number++) start(number);
  try {
    await Promise.all([...threads.values()].map(({ ready }) => ready));
  } catch (error) {
    unsubscribe();
    for (const thread of threads.values()) thread.terminate();
    await Promise.all([...threads.values()].map(({ ended }) => ended));
    throw error;
  }
  isStarted = true;
  for (let number = 1; number <= count; number++) if (!threads.has(number)) replace(number);

  return {
    failed: failed.promise,
    async listen({ host, port }) {
      const [first, ...others] = [...threads.values()];
      // The first may be given any port; the others share it.
      const actual = (await first?.port.call('listen', { host, port, reusePort: true })) ?? port;
      address = { host, port: actual, reusePort: true };
      const shared = address;
      await Promise.all(others.map((thread) => thread.port.call('listen', shared)));
      return actual;
    },
    invalidate: (ids) => applyEverywhere((port) => port.call('invalidate', ids)),
    readFigures: () => fromAll((port) => port.call('readFigures')),
    unspent: async (...state) => (await fromAll((port) => port.call('unspent', ...state))).reduce((sum, units) => sum + units, 0),
    areAccepting: async () => (await fromAll((port) => port.call('isAccepting'), [false])).every(Boolean),
    async close() {
      isClosing = true;
      await Promise.all([...threads].map(([number, thread]) => closeThread(number, thread)));
      unsubscribe();
    },
  };

  async function closeThread(number: number, { port, ended }: Thread): Promise<void> {
    port.call('close').catch((error: unknown) => logger.error({ err: error, thread: number }, 'A thread did not close in order'));
    await ended;
  }

  /** Of those that serve and have not ended. @param late stands for the answer of one that hangs */
  async function fromAll<Answer>(ask: (port: CallPort<ThreadMethods>) => Promise<Answer>, late: readonly Answer[] = []): Promise<Answer[]> {
    const answerOf = ({ port }: Thread): Promise<readonly Answer[]> =>
      Promise.race([
        ask(port).then(
          (answer) => [answer],
          () => [],
        ),
        delay(ANSWER_MS, late, { ref: false }),
      ]);
    const answers = await Promise.all([...threads.values()].filter(({ isReady }) => isReady).map(answerOf));
    return ([] as Answer[]).concat(...answers);
  }
}

function startThread(number: number, holder: number, { logger, dataOf, serve, connectSpool }: GatewayThreadsOptions): Thread {
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
