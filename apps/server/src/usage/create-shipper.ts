import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Spool, SpoolProblem, SpoolReader } from '@latchkey/bearer-auth';
import { type CallPort, createCallPort } from '../thread/call-port.ts';
import { createRemoteReader } from './create-remote-reader.ts';
import type { MainMethods, ShipperData, ShipperMethods } from './shipper-protocol.ts';

/** Writes the usage records of every spool of this process to the database, in a thread of its own. */
export interface Shipper {
  /** Ships a spool of this thread, from now until the reader is closed. */
  ship(spool: Spool): SpoolReader;
  /**
   * For a spool of another thread: `give` gets a port for its `createRemoteReader`, and a new one whenever the shipping thread had to be
   * started again. Ends when the function that it answers is called.
   */
  connect(give: (port: MessagePort) => void): () => void;
  /** Of the thread; 0 while there is none. */
  readHeapBytes(): Promise<number>;
  /** To be called when all readers are closed. */
  close(): Promise<void>;
}

type LogMethod = (fields: object, message: string) => void;

export interface ShipperOptions extends ShipperData {
  readonly logger: { readonly warn: LogMethod; readonly error: LogMethod };
  readonly onProblem: (problem: SpoolProblem) => void;
  /** For tests: what the thread runs. */
  readonly entry?: URL;
}

const ENTRY = new URL('./shipper-thread.ts', import.meta.url);
const RESTART_MS = 1_000;
/** Longer than a statement or a connection may take: then it hangs, and what it held is in the spools. */
const CLOSE_MS = 40_000;

/** Starts the thread. One that ends is replaced after a second: until then records wait in their spools. */
export function createShipper(options: ShipperOptions): Shipper {
  const { logger, onProblem, entry = ENTRY, databaseUrl, gateway, isEmbedded, leftovers } = options;
  const receivers = new Set<(port: MessagePort) => void>();
  let restartTimer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let thread = start();

  function start() {
    const data: ShipperData = { databaseUrl, gateway, isEmbedded, leftovers };
    const worker = new Worker(entry, { name: 'shipper', workerData: data });
    const methods: MainMethods = { warn: (fields, message) => logger.warn(fields, message), noteProblem: onProblem };
    const port: CallPort<ShipperMethods> = createCallPort<ShipperMethods>(worker, methods);
    worker.on('error', (error) => logger.error({ err: error }, 'An error that nobody caught ended the thread that ships usage records'));
    let hasEnded = false;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve())).then(() => {
      hasEnded = true;
      port.end(new Error('The thread that ships usage records has ended.'));
      if (!isClosing) restartTimer = setTimeout(restart, RESTART_MS).unref();
    });
    return {
      worker,
      port,
      ended,
      get hasEnded() {
        return hasEnded;
      },
    };
  }

  function restart(): void {
    logger.warn({}, 'The thread that ships usage records has ended; another takes its place');
    thread = start();
    for (const give of receivers) giveTo(give);
  }

  function giveTo(give: (port: MessagePort) => void): void {
    const { port1, port2 } = new MessageChannel();
    thread.worker.postMessage({ spool: port1 }, [port1]);
    give(port2);
  }

  function connect(give: (port: MessagePort) => void): () => void {
    receivers.add(give);
    // A port to nobody would never be closed, and whoever waits at it would wait for ever.
    if (!thread.hasEnded) giveTo(give);
    return () => receivers.delete(give);
  }

  return {
    connect,
    ship(spool) {
      const reader = createRemoteReader(spool, onProblem);
      const disconnect = connect(reader.connect);
      const close = async () => {
        disconnect();
        await reader.close();
      };
      return { flush: reader.flush, stats: reader.stats, close };
    },
    readHeapBytes() {
      const { worker, ended } = thread;
      const none = () => 0;
      // One that ends never answers.
      return Promise.race([worker.getHeapStatistics().then((heap) => heap.used_heap_size, none), ended.then(none)]);
    },
    async close() {
      isClosing = true;
      clearTimeout(restartTimer);
      const { worker, port, ended } = thread;
      const stuck = setTimeout(() => void worker.terminate(), CLOSE_MS);
      await port.call('close').catch(() => undefined);
      await ended;
      clearTimeout(stuck);
    },
  };
}
