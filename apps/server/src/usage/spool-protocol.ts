import type { SpoolProblem, SpoolReaderStats, SpoolSegment } from '@latchkey/bearer-auth';
import type { SpoolPosition } from '@latchkey/core';

/** What has become durable in a spool. */
export interface SpoolNews {
  readonly end: SpoolPosition;
  /** Records that became durable since the news before. */
  readonly records: number;
  /** All of them; only where others than the last one have changed. */
  readonly segments?: readonly SpoolSegment[];
}

export interface SpoolDescription {
  readonly id: string;
  readonly base: SpoolPosition | null;
  /** In this one and later ones nobody but the thread that is told of it has moved the stored position. */
  readonly firstOwnSegment: number;
  readonly end: SpoolPosition;
  readonly segments: readonly SpoolSegment[];
}

/** What the thread that keeps a spool answers the one that ships it. */
export type OwnerMethods = {
  /** Everything appended so far is durable or has failed. */
  settle(): Promise<SpoolNews>;
  release(position: SpoolPosition): Promise<SpoolNews>;
  renew(base: SpoolPosition): SpoolDescription;
  noteStats(stats: SpoolReaderStats): void;
  noteProblem(problem: SpoolProblem): void;
};

/** What the thread that ships answers. */
export type CarrierMethods = {
  /** Begins to ship. */
  open(spool: SpoolDescription): void;
  noteDurable(news: SpoolNews): void;
  flush(): Promise<void>;
  /** Ships what is waiting unless the database fails, then stops. */
  close(): Promise<void>;
};
