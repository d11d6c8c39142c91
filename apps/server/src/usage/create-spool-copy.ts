import type { SpoolSource } from '@latchkey/bearer-auth';
import type { CallPort } from '../thread/call-port.ts';
import type { OwnerMethods, SpoolDescription, SpoolNews } from './spool-protocol.ts';

/** What this thread knows of a spool that another one keeps. */
export interface SpoolCopy extends SpoolSource {
  /** In the order in which it was told. */
  note(news: SpoolNews): void;
}

/** Its segments are files that both threads see; how far they may be read is what the other thread has told. */
export function createSpoolCopy(first: SpoolDescription, owner: CallPort<OwnerMethods>): SpoolCopy {
  const { firstOwnSegment } = first;
  let { id, base, end, segments } = first;
  const listeners = new Set<(records: number) => void>();

  function note(news: SpoolNews): void {
    end = news.end;
    segments = news.segments ?? segments.map((segment) => (segment.sealed ? segment : { ...segment, bytes: end.offset }));
    if (news.records > 0) for (const listener of listeners) listener(news.records);
  }

  return {
    get id() {
      return id;
    },
    get base() {
      return base;
    },
    firstOwnSegment,
    note,
    end: () => end,
    segments: () => segments,
    onDurable(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // Where nobody keeps it any more, nothing more of it becomes durable.
    settled: () => owner.call('settle').then(note, () => undefined),
    async release(position) {
      const isShipped = segments.some(
        ({ number, bytes, sealed }) => sealed && (number < position.segment || (number === position.segment && position.offset >= bytes)),
      );
      if (isShipped) note(await owner.call('release', position));
    },
    async renew(from) {
      ({ id, base, end, segments } = await owner.call('renew', from));
    },
  };
}
