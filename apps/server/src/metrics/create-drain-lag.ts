import type { Spool, SpoolReader, SpoolSegment } from '@latchkey/bearer-auth';
import type { SpoolPosition } from '@latchkey/core';

export interface DrainLag {
  /** Age in seconds of the oldest record that is not stored, two seconds too young at most; 0: everything is stored. Of an earlier process's: since the start. */
  seconds(): number;
  close(): void;
}

export interface DrainLagOptions {
  readonly spool: Pick<Spool, 'end' | 'segments'>;
  readonly reader: Pick<SpoolReader, 'stats'>;
  readonly now: () => number;
}

/** How far the spool reached at a moment. */
interface Mark {
  readonly at: number;
  readonly end: SpoolPosition;
}

const MARK_INTERVAL_MS = 1_000;
/** Beyond this every other one is forgotten: of an outage of hours nobody asks for the second. */
const MAX_MARKS = 600;

/** Notes how far the spool reaches every second, because records are not looked at before they are stored. */
export function createDrainLag({ spool, reader, now }: DrainLagOptions): DrainLag {
  let marks: Mark[] = [];
  mark();
  const timer = setInterval(mark, MARK_INTERVAL_MS).unref();

  function mark(): void {
    forgetStored();
    const end = spool.end();
    const last = marks.at(-1);
    if (last === undefined ? reader.stats().waitingBytes > 0 : isBefore(last.end, end)) marks.push({ at: now(), end });
    if (marks.length > MAX_MARKS) marks = marks.filter((_, index) => index % 2 === 0);
  }

  function forgetStored(): void {
    const stored = storedPosition(spool.segments(), reader.stats().waitingBytes);
    const first = marks.findIndex(({ end }) => isBefore(stored, end));
    marks = first === -1 ? [] : marks.slice(first);
  }

  return {
    seconds() {
      forgetStored();
      const [oldest] = marks;
      return oldest === undefined ? 0 : Math.max(0, now() - oldest.at) / 1000;
    },
    close: () => clearInterval(timer),
  };
}

/** What waits is at the end. */
function storedPosition(segments: readonly SpoolSegment[], waitingBytes: number): SpoolPosition {
  let rest = waitingBytes;
  for (const { number, bytes } of segments.toReversed()) {
    if (rest <= bytes) return { segment: number, offset: bytes - rest };
    rest -= bytes;
  }
  return { segment: 0, offset: 0 };
}

function isBefore(a: SpoolPosition, b: SpoolPosition): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}
