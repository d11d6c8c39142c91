import type { LeakPolicy, LeakStore } from '@latchkey/database';

export interface LeakProcessorOptions {
  readonly store: LeakStore;
  readonly policy: LeakPolicy;
  /** Resolves when no guard uses an older state of these tokens. */
  readonly tokensChanged: (ids: readonly number[]) => Promise<unknown>;
  /** Told that webhooks may be due. */
  readonly wake: () => void;
  readonly onError: (error: unknown) => void;
  /** How often it looks for reports that another process took and did not get to; 5,000. */
  readonly pollMs?: number;
}

/** Deals with reports of leaked tokens after they were answered. */
export interface LeakProcessor {
  start(): void;
  /** Something was taken in. */
  wake(): void;
  /** Waits for the report that is under way. */
  close(): Promise<void>;
}

export function createLeakProcessor(options: LeakProcessorOptions): LeakProcessor {
  const { store, policy, tokensChanged, wake, onError, pollMs = 5_000 } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let closing = false;

  async function drain(): Promise<void> {
    do {
      again = false;
      for (let next = await store.processNext(policy); next !== null && !closing; next = await store.processNext(policy)) {
        if (next.tokenId !== null) await tokensChanged([next.tokenId]);
        if (next.tokenId !== null) wake();
      }
    } while (again && !closing);
  }

  function begin(): void {
    again = true;
    running ??= drain()
      .catch(onError)
      .finally(() => {
        running = null;
      });
  }

  return {
    start() {
      begin();
      timer = setInterval(begin, pollMs);
      timer.unref();
    },
    wake: begin,
    async close() {
      closing = true;
      clearInterval(timer);
      await running;
    },
  };
}
