/** Requests that wait for an answer, with one time-out for all of them. */
export interface InFlight {
  /** `settle` is called once, by `settleAll`, unless the answer comes before. */
  add(settle: () => void): Waiting;
  settleAll(): void;
}

export interface Waiting {
  /** Says that the question is sent only now, because it had to wait for its turn behind another that was answered. */
  sent(): void;
  /** Says that the answer has come. `false`: too late, it was settled without. */
  end(): boolean;
}

interface Entry extends Waiting {
  readonly settle: () => void;
  since: number;
}

/** A timer that is later than this was late because the process was not run: it can not tell then that nobody answered. */
const HELD_UP_MS = 5;

/** `onTimeout` is called where the oldest has waited for `timeoutMs`, in which this process was running. */
export function createInFlight(timeoutMs: number, onTimeout: () => void): InFlight {
  const waiting = new Set<Entry>();
  let isArmed = false;

  /** Where this process was held up, the answer may have come in time and not have been read yet: sockets are read before `setImmediate`. */
  function arm(ms: number, mayBeHeldUp: boolean): void {
    isArmed = true;
    const dueAt = performance.now() + ms;
    setTimeout(() => setImmediate(check, dueAt, mayBeHeldUp), ms);
  }

  function check(dueAt: number, mayBeHeldUp: boolean): void {
    isArmed = false;
    const [oldest] = waiting;
    if (oldest === undefined) return;
    const now = performance.now();
    const leftMs = timeoutMs - (now - oldest.since);
    const heldUpMs = Math.min(timeoutMs, now - dueAt);
    if (leftMs > 0.5) arm(leftMs, true);
    else if (mayBeHeldUp && heldUpMs > HELD_UP_MS) arm(heldUpMs, false);
    else onTimeout();
  }

  function add(settle: () => void): Waiting {
    const entry: Entry = {
      settle,
      since: performance.now(),
      sent() {
        // The oldest stays the first.
        if (!waiting.delete(entry)) return;
        entry.since = performance.now();
        waiting.add(entry);
      },
      end: () => waiting.delete(entry),
    };
    waiting.add(entry);
    if (!isArmed) arm(timeoutMs, true);
    return entry;
  }

  return {
    add,
    settleAll() {
      const all = [...waiting];
      waiting.clear();
      for (const { settle } of all) settle();
    },
  };
}
