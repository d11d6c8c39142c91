import { emptyWindow, type WindowState } from '@latchkey/core';

/** A window as the server last described it, on its clock. */
export interface SeenWindow extends WindowState {
  /** When the server began to know it, how often it forgot it, and how often it wrote it: by them it is found out that a server forgot. */
  readonly born: number;
  readonly losses: number;
  readonly revision: number;
}

/** What this process counts of a window by itself while the server is away, on the server's clock. */
export interface AwayWindow {
  /** Of which absence it tells. */
  readonly outage: symbol;
  /** What is taken to be counted by all processes together: what was seen last, and this one's grants, each as if every other granted as much. */
  readonly window: WindowState;
  /** This process' own grants, in the same window: what the server has to be told. */
  readonly granted: WindowState;
}

/** All that this process knows of one window. */
export interface BookEntry {
  readonly key: string;
  seen: SeenWindow | null;
  away: AwayWindow | null;
}

export interface WindowBook {
  find(key: string): BookEntry | undefined;
  /** Finds or makes the entry. */
  enter(key: string): BookEntry;
  /** Forgets some of the windows that are over: after each request, when its own windows have been written. `now`: of the server. */
  sweep(now: number): void;
  readonly size: number;
}

/** Entries looked at for each that was made: more than one, so that sweeping outpaces growth. */
const SWEEP_PER_INSERT = 3;

/** At most `maxKeys` entries: those that are over go first, then the one that was made first. */
export function createWindowBook(maxKeys: number): WindowBook {
  const entries = new Map<string, BookEntry>();
  let hand = entries.values();
  let toSweep = 0;

  function sweep(now: number): void {
    for (; toSweep > 0; toSweep--) {
      const { value, done } = hand.next();
      if (done) hand = entries.values();
      else if (endOf(value) <= now) entries.delete(value.key);
    }
  }

  function make(key: string): BookEntry {
    toSweep += SWEEP_PER_INSERT;
    if (entries.size >= maxKeys) for (const first of entries.keys()) if (entries.delete(first)) break;
    const entry: BookEntry = { key, seen: null, away: null };
    entries.set(key, entry);
    return entry;
  }

  return {
    find: (key) => entries.get(key),
    enter: (key) => entries.get(key) ?? make(key),
    sweep,
    get size() {
      return entries.size;
    },
  };
}

/** What a process that is alone starts from. */
export function leaveServer({ seen }: BookEntry, outage: symbol): AwayWindow {
  const { openedAt, endsAt, count, previous } = seen ?? emptyWindow();
  return { outage, window: { openedAt, endsAt, count, previous }, granted: emptyWindow() };
}

function endOf({ seen, away }: BookEntry): number {
  return Math.max(seen?.endsAt ?? 0, away?.window.endsAt ?? 0);
}
