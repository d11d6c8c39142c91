/** How many records the next transaction takes. */
export interface BatchLimit {
  readonly records: number;
  /** A batch was stored, in so many milliseconds. */
  note(records: number, ms: number): void;
}

const FIRST_RECORDS = 5_000;
const LEAST_RECORDS = 1_000;
/** Others wait for the rows that a transaction holds, and what comes after it waits to be seen. */
const WANTED_MS = 1_000;
const LONGEST_MS = 2_000;

/**
 * The more requests are summed before they are written, the fewer rows have to be changed: a batch that was full, and stored well within
 * a second, is followed by one of twice the size. One that took more than two seconds, by one of half.
 */
export function createBatchLimit(most: number): BatchLimit {
  let limit = Math.min(FIRST_RECORDS, most);
  return {
    get records() {
      return limit;
    },
    note(records, ms) {
      if (ms > LONGEST_MS) limit = Math.max(Math.min(LEAST_RECORDS, most), Math.floor(limit / 2));
      else if (records >= limit && ms < WANTED_MS) limit = Math.min(most, limit * 2);
    },
  };
}
