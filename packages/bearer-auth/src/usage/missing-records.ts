import type { BatchHeader } from './batch-header.ts';
import type { DecodedFrames } from './frame.ts';

/** Counts the records that were written and can not be read any more. */
export interface MissingRecords {
  /** Follows the next stretch; answers how many records are known by now to be missing that were not before. */
  follow(stretch: Pick<DecodedFrames, 'records' | 'headers'>): number;
}

/**
 * Compares the headers of a spool, read in order, with the records between them. Where reading begins in the middle of a write, counting
 * begins with the next one; the last write of all is counted once another one follows.
 */
export function createMissingRecords(): MissingRecords {
  let current: BatchHeader | null = null;
  /** Number of the next record of the current writer. */
  let next = 0;

  /** Records missing in front of `header`. */
  function pass(header: BatchHeader): number {
    const before = current;
    const missing = before === null ? 0 : gap(before, header);
    current = header;
    next = header.first;
    return missing;
  }

  function gap(before: BatchHeader, header: BatchHeader): number {
    if (header.writer === before.writer) return Math.max(0, header.first - next);
    const unfinished = Math.max(0, before.first + before.count - next);
    return unfinished + header.first;
  }

  return {
    follow({ records, headers }) {
      let missing = 0;
      let at = 0;
      for (const header of headers) {
        next += header.before - at;
        at = header.before;
        missing += pass(header);
      }
      next += records.length - at;
      return missing;
    },
  };
}
