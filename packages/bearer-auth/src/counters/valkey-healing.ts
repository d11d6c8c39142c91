import type { Cluster, Redis } from 'ioredis';
import type { ShareCounter, Untold } from './share-counter.ts';
import type { WindowCommand } from './window-command.ts';

export interface HealingOptions {
  readonly client: Redis | Cluster;
  readonly command: WindowCommand;
  readonly timeoutMs: number;
  /** The caller's time, in epoch milliseconds. */
  readonly now: () => number;
  /** Told that the server answers and knows what was granted without it. */
  readonly onHealed: () => void;
}

/** Finds out in the background when a server is back: no request waits for it. */
export interface Healing {
  /** `troubleKey`: a key whose server was away, if one is known. */
  start(share: ShareCounter, troubleKey: string | null): void;
  /** Looks at once instead of at the next interval. */
  hurry(): void;
  stop(): void;
  /** Tells the server what was counted without it. Answers what is not known to have arrived. */
  tell(untold: readonly Untold[]): Promise<readonly Untold[]>;
}

export const NOT_TOLD = 'The server could not be told what was granted without it.';

const PROBE_MS = 250;
/** In a cluster so many keys are asked for, spread over its slots: each of its servers must be back. */
const CLUSTER_PROBES = 24;
const BATCH = 200;
/** A connection that is open and says nothing is made anew after so many probes. */
const PROBES_TO_RENEW = 4;
const PROBE_LIMIT = { max: 1_000_000, windowMs: 1_000, algorithm: 'fixed' } as const;

export function createHealing({ client, command, timeoutMs, now, onHealed }: HealingOptions): Healing {
  let timer: ReturnType<typeof setInterval> | null = null;
  let away: { readonly share: ShareCounter; readonly keys: readonly string[]; readonly since: number; failures: number } | null = null;
  let isLooking = false;

  async function look(): Promise<void> {
    const at = away;
    if (at === null || isLooking) return;
    // One that hears of a failover while it looks for the primary gives up for good.
    if (client.status === 'end') client.connect().catch(() => undefined);
    if (client.status !== 'ready') return;
    isLooking = true;
    try {
      await probe(at.keys);
      await tellAll(at.share);
      // The others found out at about the same time as this process, and their grants must be counted before any of them asks again.
      await pause(Math.min(PROBE_MS, performance.now() - at.since));
      await tellAll(at.share);
      if (away === at) onHealed();
    } catch (error) {
      at.failures += 1;
      if (away === at) renewConnection(client, error, at.failures);
    } finally {
      isLooking = false;
    }
  }

  /** Writes, because a server that only answers reads – a replica, a full one – is not back. */
  async function probe(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const claim = { key, name: 'probe', limit: PROBE_LIMIT };
      await within(timeoutMs, command({ operation: 'take', windows: [{ claim, seen: null }], cost: 1, times: 1, now: now() }));
    }
  }

  async function tellAll(share: ShareCounter): Promise<void> {
    const left = await tell(share.drain());
    if (left.length === 0) return;
    share.putBack(left);
    throw new Error(NOT_TOLD);
  }

  async function tell(untold: readonly Untold[]): Promise<readonly Untold[]> {
    for (let first = 0; first < untold.length; first += BATCH) {
      const failed = await tellBatch(untold.slice(first, first + BATCH));
      if (failed.length > 0) return [...failed, ...untold.slice(first + BATCH)];
    }
    return [];
  }

  /** Answers what is not known to have arrived. */
  async function tellBatch(batch: readonly Untold[]): Promise<Untold[]> {
    const left = new Set(batch);
    const telling = batch.map(async (one) => {
      const { operation, claim, entry, given, cost } = one;
      const windows = [{ claim, given, seen: entry.seen }];
      const { seen } = await command({ operation, windows, cost, times: 1, now: now() });
      entry.seen = seen[0] ?? entry.seen;
      left.delete(one);
    });
    await within(timeoutMs, Promise.all(telling)).catch(() => undefined);
    return [...left];
  }

  return {
    start(share, troubleKey) {
      const spread = Array.from({ length: client.isCluster ? CLUSTER_PROBES : 1 }, (_, index) => `{probe-${index}}`);
      const keys = troubleKey === null ? spread : [...spread, `${troubleKey}:probe`];
      away = { share, keys, since: performance.now(), failures: 0 };
      timer ??= setInterval(look, PROBE_MS).unref();
    },
    hurry: () => void look(),
    stop() {
      away = null;
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    tell,
  };
}

/** Where another server has taken over, the client has to find it. */
function renewConnection(client: Redis | Cluster, error: unknown, failures: number): void {
  if ('refreshSlotsCache' in client) client.refreshSlotsCache();
  else if (client.status === 'ready' && (isReadOnly(error) || failures % PROBES_TO_RENEW === 0)) client.disconnect(true);
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('READONLY');
}

async function within(timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise((_, reject) => {
    const giveUp = () => reject(new Error(`The server did not answer within ${timeoutMs} ms.`));
    timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
  });
  try {
    await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
