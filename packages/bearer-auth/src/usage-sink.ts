import type { SpoolRecord } from '@latchkey/core';

/** Where the guard writes what happened (port). */
export interface UsageSink {
  /** `false` while no record can be taken (the spool is at its cap, or the disk refuses): the guard then answers 503. */
  readonly accepting: boolean;
  /** Calls `done` once the record is durable, with the error where it could not be made so. Never calls it synchronously. */
  append(record: SpoolRecord, done: (error: Error | null) => void): void;
}
