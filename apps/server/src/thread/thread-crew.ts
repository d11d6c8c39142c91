import type { Address, ThreadAddress } from '../http/listen.ts';
import type { Threads } from './ask-threads.ts';
import { MAIN_HOLDER } from './counting.ts';
import type { GatewayThreadsOptions } from './gateway-threads.ts';
import { type StartedThread, startThread } from './started-thread.ts';

/** Threads that are started together, listen on one port, and are replaced where one ends. */
export interface ThreadCrew {
  readonly threads: Threads;
  /** Resolves when each can listen; where one can not, all are ended, and it rejects. */
  start(): Promise<void>;
  /** Resolves with the port when every thread listens on it. */
  listen(address: Address): Promise<number>;
  /** Resolves with the reason when threads end again and again. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

/** So many replacements within a minute, and the process gives up. */
const MAX_REPLACEMENTS = 5;
const MINUTE_MS = 60_000;

export function createThreadCrew(options: GatewayThreadsOptions): ThreadCrew {
  const { count, logger } = options;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const threads = new Map<number, StartedThread>();
  const failed = Promise.withResolvers<string>();
  const lately = createRecentCounter(MINUTE_MS);
  let holders = MAIN_HOLDER;
  let address: ThreadAddress | null = null;
  let isStarted = false;
  let isClosing = false;

  function startOne(number: number): StartedThread {
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
    const ended = lately.count();
    if (ended > MAX_REPLACEMENTS) {
      failed.resolve(`threads ended ${ended} times within a minute, thread ${number} the last`);
      return;
    }
    logger.warn({ thread: number }, 'A thread has ended; another takes its place');
    void join(number, startOne(number));
  }

  async function join(number: number, thread: StartedThread): Promise<void> {
    try {
      await thread.ready;
      if (address !== null && !isClosing) await thread.port.call('listen', address);
    } catch (error) {
      if (isClosing) return;
      logger.error({ err: error, thread: number }, 'A thread that took the place of another can not serve');
      thread.terminate();
    }
  }

  async function start(): Promise<void> {
    for (const number of numbers) startOne(number);
    try {
      await Promise.all([...threads.values()].map(({ ready }) => ready));
    } catch (error) {
      for (const thread of threads.values()) thread.terminate();
      await Promise.all([...threads.values()].map(({ ended }) => ended));
      throw error;
    }
    isStarted = true;
    for (const number of numbers) if (!threads.has(number)) replace(number);
  }

  async function listen({ host, port }: Address): Promise<number> {
    const [first, ...others] = [...threads.values()];
    // The first may be given any port; the others share it.
    const actual = (await first?.port.call('listen', { host, port, reusePort: true })) ?? port;
    const shared = { host, port: actual, reusePort: true };
    address = shared;
    await Promise.all(others.map((thread) => thread.port.call('listen', shared)));
    return actual;
  }

  async function closeOne(number: number, { port, ended }: StartedThread): Promise<void> {
    port.call('close').catch((error: unknown) => logger.error({ err: error, thread: number }, 'A thread did not close in order'));
    await ended;
  }

  async function close(): Promise<void> {
    isClosing = true;
    await Promise.all([...threads].map(([number, thread]) => closeOne(number, thread)));
  }

  return { threads, start, listen, failed: failed.promise, close };
}

/** Counts what happens, and forgets it after a while. */
function createRecentCounter(withinMs: number): { count(): number } {
  const at: number[] = [];
  return {
    count() {
      const now = performance.now();
      at.push(now);
      while ((at[0] ?? now) < now - withinMs) at.shift();
      return at.length;
    },
  };
}
