/** A timer whose length changes with the phase of an exchange. */
export interface Deadline {
  /** Begins a phase of at most `ms` milliseconds without `refresh`. */
  begin(ms: number): void;
  /** Something moved: the phase begins again. */
  refresh(): void;
  clear(): void;
}

export function createDeadline(onExpired: () => void): Deadline {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin(ms) {
      clearTimeout(timer);
      timer = setTimeout(onExpired, ms);
    },
    refresh() {
      timer?.refresh();
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
