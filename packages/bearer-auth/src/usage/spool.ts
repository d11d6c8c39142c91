import { openSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import type { SpoolPosition, SpoolRecord, UsageLoss } from '@latchkey/core';
import type { UsageSink } from '../usage-sink.ts';
import { createFrameBatch } from './frame.ts';
import { listSegmentFiles, openSpoolDirectory, type SpoolFiles, segmentPath, spoolFiles, writeAll } from './spool-files.ts';
import { openSpoolIdentity, renewSpoolIdentity } from './spool-identity.ts';

/**
 * When a record counts as durable. `process`: the kernel has it, which survives a crash of the process (`kill -9`);
 * `disk`: it is synced to the disk, which survives a power failure, at the price of waiting for the disk.
 */
export type SpoolDurability = 'process' | 'disk';

/**
 * What happens to a request whose record can not be kept, because the spool is at its cap or the disk takes nothing. `refuse`: it is not served
 * (503); `drop`: it is served, and its record is counted as dropped.
 */
export type SpoolFullPolicy = 'refuse' | 'drop';

/** Something an operator should know. Never thrown: the spool goes on. */
export interface SpoolProblem {
  readonly kind:
    | 'nearly_full'
    | 'write_failed'
    | 'write_recovered'
    | 'delete_failed'
    | 'close_failed'
    | 'corrupt'
    | 'position_lost'
    | 'position_ahead'
    | 'ship_failed'
    | 'segment_lost';
  readonly message: string;
  readonly error?: unknown;
}

/** Where a spool lies, how large it may grow, and when a record counts as kept. Only `directory` has to be given. */
export interface SpoolOptions {
  /** Belongs to this spool alone, and to one process at a time. Created with mode 0700; files are 0600. */
  readonly directory: string;
  /** Bytes on disk at which `accepting` turns false until the reader has freed some; default 1 GiB. */
  readonly capBytes?: number;
  /** Size at which a segment file is finished; default 8 MiB, at most a quarter of the cap. */
  readonly segmentBytes?: number;
  /** Default `process`. */
  readonly durability?: SpoolDurability;
  /** Default `refuse`. */
  readonly whenFull?: SpoolFullPolicy;
  readonly onProblem?: (problem: SpoolProblem) => void;
  /** Epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** For tests: system calls that fail on demand. */
  readonly files?: SpoolFiles;
}

/** One file of a spool. */
export interface SpoolSegment {
  readonly number: number;
  readonly path: string;
  /** Readable bytes: what is durable. */
  readonly bytes: number;
  /** Nothing will be appended any more. */
  readonly sealed: boolean;
}

/** What became of the records that were appended, and how full the spool is. */
export interface SpoolStats {
  /** Records made durable since the spool was opened. */
  readonly appended: number;
  /** Records refused or lost to write errors since then. */
  readonly failed: number;
  /** Records of answered requests that were given up under the policy `drop`. */
  readonly dropped: number;
  readonly bytes: number;
  readonly capBytes: number;
  readonly segments: number;
  readonly accepting: boolean;
}

/** A durable queue of usage records in segment files. `append` writes once per turn of the event loop for all records of that turn. */
export interface Spool extends UsageSink {
  readonly id: string;
  /** Where reading begins while the store knows no position for `id`; `null`: at the start. */
  readonly base: SpoolPosition | null;
  /** The first segment written since the spool was opened; earlier ones are from before. */
  readonly firstOwnSegment: number;
  /** The position behind the last durable record. */
  end(): SpoolPosition;
  /** Oldest first; never empty. */
  segments(): readonly SpoolSegment[];
  /** Calls `listener` with the number of records whenever some became durable, and with 0 when a segment was given up; the returned function ends that. */
  onDurable(listener: (records: number) => void): () => void;
  /** Resolves when every record appended so far is durable or has failed. */
  settled(): Promise<void>;
  /** Deletes the finished segments that lie wholly before `position`. */
  release(position: SpoolPosition): Promise<void>;
  /** Takes a new id under which reading begins at `base`: the position stored under the old one does not belong to these files. */
  renew(base: SpoolPosition): void;
  stats(): SpoolStats;
  /** Writes what was appended and closes the files; later appends fail. */
  close(): Promise<void>;
}

type Done = (error: Error | null) => void;

const DEFAULT_CAP_BYTES = 1024 ** 3;
const DEFAULT_SEGMENT_BYTES = 8 * 1024 ** 2;
/** Share of the cap at which an operator is told, once until it was well below. */
const NEARLY_FULL = 0.8;
const RELAXED = 0.7;
/** Requests admitted before the cap was reached still get their record, in this much more space. */
const RESERVE = 1.25;
const PROBE_INTERVAL_MS = 1_000;
const PROBE = Buffer.alloc(4_096);

/**
 * Opens the spool in `directory`, or creates one. What an earlier process left there is kept for the reader, damaged tails included
 * (the reader skips them); writing begins in a segment of its own.
 *
 * Throws when the directory can not be created, read or written.
 */
export function openSpool(options: SpoolOptions): Spool {
  const { directory, durability = 'process', whenFull = 'refuse', onProblem = () => {}, now = Date.now, files = spoolFiles } = options;
  const capBytes = positive('capBytes', options.capBytes ?? DEFAULT_CAP_BYTES);
  const segmentBytes = Math.min(positive('segmentBytes', options.segmentBytes ?? DEFAULT_SEGMENT_BYTES), Math.ceil(capBytes / 4));

  openSpoolDirectory(directory);
  let identity = openSpoolIdentity(directory, files);
  const sealed = new Map(listSegmentFiles(directory));
  let sealedBytes = [...sealed.values()].reduce((sum, bytes) => sum + bytes, 0);
  let active = openFirstSegment();
  const firstOwnSegment = active.number;

  const batch = createFrameBatch();
  let waiting: Done[] = [];
  let scheduled = false;
  let syncing = false;
  let closed = false;
  let failure: Error | null = null;
  let probeTimer: NodeJS.Timeout | undefined;
  let appended = 0;
  let failed = 0;
  let dropped = 0;
  let isNearlyFull = false;
  /** Records that were dropped and are not told of in the spool yet. */
  let untold: UsageLoss | null = null;
  let telling: UsageLoss | null = null;
  const listeners = new Set<(records: number) => void>();
  let settledWaiters: (() => void)[] = [];

  function createSegment(number: number) {
    return { number, file: files.create(segmentPath(directory, number)), bytes: 0, directorySynced: false };
  }

  /** Takes a last segment that stayed empty, so that starts without traffic leave no gap in the numbers. */
  function openFirstSegment() {
    const [number, bytes] = [...sealed].at(-1) ?? [0, 1];
    if (bytes > 0) return createSegment(number + 1);
    sealed.delete(number);
    return { number, file: openSync(segmentPath(directory, number), 'r+'), bytes: 0, directorySynced: false };
  }

  function totalBytes(): number {
    return sealedBytes + active.bytes;
  }

  function isAccepting(): boolean {
    return !closed && (whenFull === 'drop' || (failure === null && totalBytes() < capBytes));
  }

  function refusal(): Error | null {
    if (closed) return new Error('The usage spool is closed.');
    const room = whenFull === 'drop' ? capBytes : capBytes * RESERVE;
    return totalBytes() >= room ? new Error('The usage spool is full.') : null;
  }

  /** What is said of a record that can not be kept: by policy its request is answered all the same. */
  function giveUp(error: Error): Error | null {
    if (whenFull === 'drop' && !closed) {
      dropped += 1;
      noteLoss(1);
      return null;
    }
    failed += 1;
    return error;
  }

  function noteLoss(count: number): void {
    untold = { kind: 'loss', cause: 'dropped', at: untold?.at ?? now(), count: (untold?.count ?? 0) + count };
  }

  /** Once there is room again, the spool says itself what is missing from it. */
  function tellLoss(): void {
    if (untold === null || telling !== null || closed || totalBytes() >= capBytes) return;
    telling = untold;
    untold = null;
    batch.add(telling);
    waiting.push(endTelling);
    scheduleTurn();
  }

  function endTelling(error: Error | null): void {
    if (error !== null) noteLoss(telling?.count ?? 0);
    telling = null;
  }

  function append(record: SpoolRecord, done: Done): void {
    const error = refusal() ?? (batch.add(record) ? null : new Error('The usage record is too large.'));
    if (error !== null) {
      setImmediate(done, giveUp(error));
      return;
    }
    waiting.push(done);
    scheduleTurn();
  }

  function scheduleTurn(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(writeTurn);
  }

  /** One write for all records of this turn. While a sync is under way they wait, and share the next one (group commit). */
  function writeTurn(): void {
    scheduled = false;
    if (syncing || batch.byteLength === 0) return;
    const dones = waiting;
    waiting = [];
    const bytes = batch.take(appended);
    try {
      if (active.bytes >= segmentBytes) rotate();
      writeFully(bytes);
    } catch (error) {
      refuse(error as Error, dones);
      return;
    }
    if (durability === 'process') commit(bytes.length, dones);
    else syncThenCommit(bytes.length, dones);
  }

  /** Behind the last durable record; what a failed attempt left there is overwritten. */
  function writeFully(bytes: Uint8Array): void {
    writeAll(active.file, bytes, active.bytes, files);
  }

  /** The new segment is there before the old one is given up, so that a failure changes nothing. */
  function rotate(): void {
    const next = createSegment(active.number + 1);
    closeFile(active.file);
    sealed.set(active.number, active.bytes);
    sealedBytes += active.bytes;
    active = next;
  }

  /** Whoever ships it has to hear that it is finished, although nothing was appended. */
  function giveUpSegment(): void {
    rotate();
    for (const listener of listeners) listener(0);
  }

  /** What was written is there, whatever closing it says. */
  function closeFile(file: number): void {
    try {
      files.close(file);
    } catch (error) {
      onProblem({ kind: 'close_failed', message: 'A spool segment could not be closed; its records are there.', error });
    }
  }

  function syncThenCommit(byteLength: number, dones: Done[]): void {
    syncing = true;
    syncActive((error) => {
      syncing = false;
      if (error === null) commit(byteLength, dones);
      else refuse(error, dones);
      writeTurn();
    });
  }

  function syncActive(done: Done): void {
    files.sync(active.file, (error) => {
      if (error !== null || active.directorySynced) return done(error ?? null);
      syncDirectory((directoryError) => {
        active.directorySynced = directoryError === null;
        done(directoryError);
      });
    });
  }

  function syncDirectory(done: Done): void {
    try {
      files.syncDirectory(directory, done);
    } catch (error) {
      done(error as Error);
    }
  }

  function commit(byteLength: number, dones: readonly Done[]): void {
    active.bytes += byteLength;
    appended += dones.length;
    recover();
    watchCap();
    tellLoss();
    for (const done of dones) tell(done, null);
    for (const listener of listeners) listener(dones.length);
    announceSettled();
  }

  function watchCap(): void {
    const share = totalBytes() / capBytes;
    if (!isNearlyFull && share >= NEARLY_FULL) {
      const message = `The usage spool has used ${Math.floor(share * 100)} % of its ${capBytes} bytes: its records can not be stored fast enough.`;
      onProblem({ kind: 'nearly_full', message });
    }
    isNearlyFull = share >= (isNearlyFull ? RELAXED : NEARLY_FULL);
  }

  function refuse(error: Error, dones: readonly Done[]): void {
    truncateToDurable();
    if (failure === null) onProblem({ kind: 'write_failed', message: 'Usage records can not be written to the spool.', error });
    failure = error;
    scheduleProbe();
    for (const done of dones) tell(done, done === endTelling ? error : giveUp(error));
    announceSettled();
  }

  /** Should this fail too, the next write goes over the remains, and the reader never looks behind the durable end. */
  function truncateToDurable(): void {
    try {
      files.truncate(active.file, active.bytes);
    } catch {
      // Already reported as the failed write.
    }
  }

  function recover(): void {
    if (failure === null) return;
    failure = null;
    clearTimeout(probeTimer);
    onProblem({ kind: 'write_recovered', message: 'Usage records can be written to the spool again.' });
  }

  function scheduleProbe(): void {
    clearTimeout(probeTimer);
    if (!closed) probeTimer = setTimeout(probe, PROBE_INTERVAL_MS).unref();
  }

  /** Nobody appends while the spool refuses, so it finds out by itself when the disk takes data again. */
  function probe(): void {
    if (closed || failure === null || syncing) return;
    try {
      // A full disk may be full of this very segment, which can only be deleted once it is finished.
      if (active.bytes > 0) giveUpSegment();
      writeFully(PROBE);
    } catch (error) {
      endProbe(error as Error);
      return;
    }
    if (durability === 'process') endProbe(null);
    else syncProbe();
  }

  function syncProbe(): void {
    syncing = true;
    syncActive((error) => {
      syncing = false;
      endProbe(error);
      writeTurn();
    });
  }

  function endProbe(error: Error | null): void {
    truncateToDurable();
    if (error === null) recover();
    else scheduleProbe();
    announceSettled();
  }

  function announceSettled(): void {
    if (syncing || batch.byteLength > 0) return;
    const waiters = settledWaiters;
    settledWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async function settled(): Promise<void> {
    if (syncing || batch.byteLength > 0) await new Promise<void>((resolve) => settledWaiters.push(resolve));
  }

  function describe(number: number, bytes: number, isSealed: boolean): SpoolSegment {
    return { number, path: segmentPath(directory, number), bytes, sealed: isSealed };
  }

  async function deleteSegment(number: number, bytes: number): Promise<void> {
    try {
      await unlink(segmentPath(directory, number));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        onProblem({ kind: 'delete_failed', message: `The shipped spool segment ${number} can not be deleted.`, error });
        return;
      }
    }
    if (sealed.delete(number)) sealedBytes -= bytes;
    watchCap();
    tellLoss();
  }

  return {
    get id() {
      return identity.id;
    },
    get base() {
      return identity.base;
    },
    firstOwnSegment,
    get accepting() {
      return isAccepting();
    },
    append,
    end: () => ({ segment: active.number, offset: active.bytes }),
    segments: () => [...[...sealed].map(([number, bytes]) => describe(number, bytes, true)), describe(active.number, active.bytes, false)],
    onDurable(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settled,
    async release(position) {
      for (const [number, bytes] of [...sealed]) {
        const isShipped = number < position.segment || (number === position.segment && position.offset >= bytes);
        if (isShipped) await deleteSegment(number, bytes);
      }
    },
    renew(base) {
      identity = renewSpoolIdentity(directory, base, files);
    },
    stats: () => ({ appended, failed, dropped, bytes: totalBytes(), capBytes, segments: sealed.size + 1, accepting: isAccepting() }),
    async close() {
      if (closed) return;
      closed = true;
      await settled();
      clearTimeout(probeTimer);
      closeFile(active.file);
    },
  };
}

/** One that throws must not keep the others of its turn from their answers. Its error is nobody's here: it is thrown on, in a turn of its own. */
function tell(done: Done, error: Error | null): void {
  try {
    done(error);
  } catch (thrown) {
    setImmediate(() => {
      throw thrown;
    });
  }
}

function positive(name: string, bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new RangeError(`${name} of the usage spool must be a positive whole number of bytes, not ${bytes}.`);
}
