import type { AttemptResult, ClaimedDelivery, DeliveryQueue } from '@latchkey/database';

export interface DispatcherOptions {
  readonly queue: DeliveryQueue;
  /** One attempt; `null` where `stop` broke it off. Never rejects. */
  readonly attempt: (delivery: ClaimedDelivery, stop: AbortSignal) => Promise<AttemptResult | null>;
  /** Told of failures of the queue; the next round tries again, after growing pauses. */
  readonly onError: (error: unknown) => void;
  /** How often it looks for what is due when nothing wakes it; 1,000. */
  readonly pollMs?: number | undefined;
  /** Attempts at the same time in this process; 32. */
  readonly concurrency?: number | undefined;
  /** Attempts at the same time to one endpoint, so that a slow one does not hold up the others; 4. */
  readonly perEndpoint?: number | undefined;
  /** How long attempts that are under way may take when it is closed; 3,000. */
  readonly graceMs?: number | undefined;
}

const LONGEST_PAUSE_MS = 30_000;

/** Sends what is due. */
export interface Dispatcher {
  start(): void;
  /** Something is due now. */
  wake(): void;
  readonly stats: Readonly<{ delivered: number; failed: number; underWay: number }>;
  /** Takes nothing more and waits for what is under way; what takes too long is broken off, and sent again by whoever comes next. */
  close(): Promise<void>;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { queue, attempt, onError, pollMs = 1_000, concurrency = 32, perEndpoint = 4, graceMs = 3_000 } = options;
  const running = new Set<Promise<void>>();
  const underWay = new Map<number, number>();
  const stop = new AbortController();
  const stats = { delivered: 0, failed: 0 };
  let closing = false;
  let failures = 0;
  let ended: Promise<void> | null = null;
  let bell = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    while (!closing) {
      bell = Promise.withResolvers();
      const claimed = await claim();
      for (const delivery of claimed) begin(delivery);
      // Where the claim was filled there may be more that is due.
      if (claimed.length === 0 || running.size >= concurrency) await pause(bell.promise);
    }
  }

  async function claim(): Promise<ClaimedDelivery[]> {
    const limit = concurrency - running.size;
    if (limit <= 0) return [];
    try {
      const claimed = await queue.claim({ limit, perEndpoint, underWay });
      failures = 0;
      return claimed;
    } catch (error) {
      failures += 1;
      onError(error);
      return [];
    }
  }

  function begin(delivery: ClaimedDelivery): void {
    const { webhookId } = delivery;
    underWay.set(webhookId, (underWay.get(webhookId) ?? 0) + 1);
    const work = deliver(delivery).catch(onError);
    running.add(work);
    void work.then(() => {
      running.delete(work);
      const left = (underWay.get(webhookId) ?? 1) - 1;
      if (left === 0) underWay.delete(webhookId);
      else underWay.set(webhookId, left);
      bell.resolve();
    });
  }

  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const result = await attempt(delivery, stop.signal);
    if (result === null) return;
    await queue.finish(delivery, result);
    stats[result.verdict.kind === 'delivered' ? 'delivered' : 'failed'] += 1;
  }

  async function pause(rung: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // A database that is away is asked less and less often, and complained of as rarely.
    const timer = setTimeout(resolve, Math.min(LONGEST_PAUSE_MS, pollMs * 2 ** failures));
    await Promise.race([promise, rung]);
    clearTimeout(timer);
  }

  return {
    start() {
      ended ??= run();
    },
    wake: () => bell.resolve(),
    stats: {
      get delivered() {
        return stats.delivered;
      },
      get failed() {
        return stats.failed;
      },
      get underWay() {
        return running.size;
      },
    },
    async close() {
      closing = true;
      bell.resolve();
      await ended;
      const timer = setTimeout(() => stop.abort(), graceMs);
      await Promise.all(running);
      clearTimeout(timer);
    },
  };
}
