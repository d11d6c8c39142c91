/** Requests that wait for an answer, with one time-out for all of them. */
export interface InFlight {
  /** `settle` is called once, by `settleAll`, unless the answer comes before. */
  add(settle: () => void): Waiting;
  settleAll(): void;
}

export interface Waiting {
  /** Says that the answer has come. `false`: too late, it was settled without. */
  end(): boolean;
}

interface Entry extends Waiting {
  readonly settle: () => void;
  readonly since: number;
}

/** `onTimeout` is called where the oldest has waited for `timeoutMs`. */
export function createInFlight(timeoutMs: number, onTimeout: () => void): InFlight {
  const waiting = new Set<Entry>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  /** Where this process was held up, the answer may have come in time and not have been read yet: sockets are read before `setImmediate`. */
  function arm(ms: number): void {
    timer = setTimeout(() => setImmediate(check), ms);
  }

  function check(): void {
    timer = null;
    for (const { since } of waiting) {
      const leftMs = timeoutMs - (performance.now() - since);
      if (leftMs > 0.5) arm(leftMs);
      else onTimeout();
      return;
    }
  }

  return {
    add(settle) {
      const entry: Entry = { settle, since: performance.now(), end: () => waiting.delete(entry) };
      waiting.add(entry);
      if (timer === null) arm(timeoutMs);
      return entry;
    },
    settleAll() {
      const all = [...waiting];
      waiting.clear();
      for (const { settle } of all) settle();
    },
  };
}
