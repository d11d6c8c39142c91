/** Who has applied what, and who is waited for. */
export interface Acknowledgements {
  note(gateway: string, version: number): void;
  /** Whether a gateway says within `patienceMs` that it has applied `version`. Asks the table as well, for what was said and not heard. */
  wait(gateway: string, version: number, patienceMs: number): Promise<boolean>;
  /** Whether it did not answer in time the last time, and has not been heard of since. */
  hasMissed(gateway: string): boolean;
  /** Forgets everybody else. */
  keepOnly(gateways: ReadonlySet<string>): void;
  close(): void;
}

interface Waiter {
  readonly gateway: string;
  readonly version: number;
  end(acknowledged: boolean): void;
}

const POLL_MS = 100;

/** @param readApplied what the table says of each gateway: an acknowledgement is told to whoever listens, and the one who waits may be deaf. */
export function createAcknowledgements(readApplied: () => Promise<ReadonlyMap<string, number>>): Acknowledgements {
  const applied = new Map<string, number>();
  const missed = new Set<string>();
  const waiters = new Set<Waiter>();
  let poll: NodeJS.Timeout | null = null;

  function note(gateway: string, version: number): void {
    const newest = Math.max(version, applied.get(gateway) ?? 0);
    applied.set(gateway, newest);
    missed.delete(gateway);
    for (const waiter of waiters) {
      if (waiter.gateway === gateway && waiter.version <= newest) waiter.end(true);
    }
  }

  /** A row that nobody wrote anew says nothing new, so only what is enough for somebody counts as heard. */
  async function ask(): Promise<void> {
    const versions = await readApplied();
    for (const { gateway, version } of [...waiters]) {
      const newest = versions.get(gateway) ?? 0;
      if (newest >= version) note(gateway, newest);
    }
  }

  function pollSoon(): void {
    poll ??= setTimeout(() => {
      poll = null;
      // Who can not be asked is waited for no longer than anybody else.
      void ask()
        .catch(() => undefined)
        .finally(() => waiters.size > 0 && pollSoon());
    }, POLL_MS);
  }

  function wait(gateway: string, version: number, patienceMs: number): Promise<boolean> {
    if ((applied.get(gateway) ?? 0) >= version) return Promise.resolve(true);
    if (patienceMs <= 0) return Promise.resolve(false);
    pollSoon();
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.end(false), patienceMs);
      const waiter: Waiter = {
        gateway,
        version,
        end(acknowledged) {
          clearTimeout(timer);
          waiters.delete(waiter);
          if (!acknowledged) missed.add(gateway);
          resolve(acknowledged);
        },
      };
      waiters.add(waiter);
    });
  }

  return {
    note,
    wait,
    hasMissed: (gateway) => missed.has(gateway),
    keepOnly(gateways) {
      for (const gateway of applied.keys()) if (!gateways.has(gateway)) applied.delete(gateway);
      for (const gateway of missed) if (!gateways.has(gateway)) missed.delete(gateway);
    },
    close() {
      for (const waiter of [...waiters]) waiter.end(false);
      if (poll) clearTimeout(poll);
    },
  };
}
