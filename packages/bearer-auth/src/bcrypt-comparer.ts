import path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Compares texts with bcrypt hashes, away from the thread that answers requests. */
export interface BcryptComparer {
  /** Rejects where too many wait already: whoever asks can try again. */
  compare(text: string, hash: string): Promise<boolean>;
  /** Comparisons begun so far. */
  readonly compared: number;
  close(): Promise<void>;
}

interface Waiting {
  resolve(matches: boolean): void;
  reject(error: Error): void;
}

const MAX_WAITING = 64;
/** Beside this file, in the language that this file is in. */
const WORKER = new URL(`./bcrypt-worker${path.extname(import.meta.url)}`, import.meta.url);

/**
 * One worker thread, started by the first comparison, that takes one comparison at a time and at most half of a core. bcrypt compares in
 * constant time (bcryptjs), and looks at the first 72 bytes of a text, as every implementation does.
 */
export function createBcryptComparer({ maxWaiting = MAX_WAITING }: { maxWaiting?: number } = {}): BcryptComparer {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let compared = 0;

  function open(): Worker {
    const opened = new Worker(WORKER);
    opened.unref();
    opened.on('message', ({ id, matches }: { id: number; matches: boolean }) => {
      waiting.get(id)?.resolve(matches);
      waiting.delete(id);
    });
    opened.on('error', (error) => end(opened, error instanceof Error ? error : new Error(String(error))));
    opened.on('exit', () => end(opened, new Error('The thread that compares bcrypt hashes has ended.')));
    return opened;
  }

  function end(ended: Worker, error: Error): void {
    if (worker !== ended) return;
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  return {
    compare(text, hash) {
      if (waiting.size >= maxWaiting) return Promise.reject(new Error('Too many bcrypt hashes wait to be compared.'));
      worker ??= open();
      compared += 1;
      const id = compared;
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, text, hash });
      return promise;
    },
    get compared() {
      return compared;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
