import type { SpoolRecord } from './usage-record.ts';

/** A place in a spool: everything before `offset` of `segment` (and all earlier segments) has been stored. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/** Where the spool's reader ships batches to (port). */
export interface UsageStore {
  /** The stored position of a spool, `null` when it was never read. */
  readPosition(spoolId: string): Promise<SpoolPosition | null>;
  /**
   * Does what needs no transaction, while the batch before is still being stored: `ingest` is given the same list of records afterwards,
   * or never. Only a matter of speed, so a store need not have it.
   */
  prepare?(records: readonly SpoolRecord[]): Promise<void>;
  /**
   * Stores the log rows, the rollups and the new position in one transaction, so that a crash at any point loses nothing
   * and doubles nothing. Records of tokens that no longer exist are dropped. Rejects with nothing stored when the stored
   * position is not `from` – another reader of the same spool is at work.
   */
  ingest(spoolId: string, records: readonly SpoolRecord[], from: SpoolPosition | null, to: SpoolPosition): Promise<void>;
}
