/** A timer whose length changes with the phase of an exchange. */
export interface Deadline {
  /** Begins a phase of at most `ms` milliseconds without `refresh`. */
  begin(ms: number): void;
  /** Something moved: the phase begins again. */
  refresh(): void;
  clear(): void;
}

/**
 * One timer that is set anew only when it would ring too late; one that rings too early goes on for what is left. So phases that begin and
 * end thousands of times a second cost a look at the clock. It never rings early.
 */
export function createDeadline(onExpired: () => void): Deadline {
  let timer: NodeJS.Timeout | undefined;
  let ringsAt = 0;
  let lengthMs = 0;
  let expiresAt = Number.POSITIVE_INFINITY;

  function ring(): void {
    timer = undefined;
    const now = performance.now();
    if (now < expiresAt) {
      setTimer(now);
      return;
    }
    expiresAt = Number.POSITIVE_INFINITY;
    onExpired();
  }

  function setTimer(now: number): void {
    clearTimeout(timer);
    ringsAt = expiresAt;
    // Timers count whole milliseconds, and round down.
    timer = setTimeout(ring, Math.ceil(expiresAt - now) + 1);
  }

  function begin(ms: number): void {
    const now = performance.now();
    lengthMs = ms;
    expiresAt = now + ms;
    if (timer === undefined || expiresAt < ringsAt) setTimer(now);
  }

  return {
    begin,
    refresh() {
      if (expiresAt !== Number.POSITIVE_INFINITY) expiresAt = performance.now() + lengthMs;
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      expiresAt = Number.POSITIVE_INFINITY;
    },
  };
}
