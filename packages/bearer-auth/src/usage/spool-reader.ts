import { type FileHandle, open } from 'node:fs/promises';
import type { SpoolPosition, SpoolRecord, UsageStore } from '@latchkey/core';
import { createBatchLimit } from './batch-limit.ts';
import { decodeStretch } from './decode-stretch.ts';
import { type FoundHeader, MAX_FRAME_BYTES } from './frame.ts';
import { createMissingRecords } from './missing-records.ts';
import type { Spool, SpoolProblem, SpoolSegment } from './spool.ts';

/** What a reader asks of a spool, which may be kept by another thread. */
export interface SpoolSource
  extends Pick<Spool, 'id' | 'base' | 'firstOwnSegment' | 'end' | 'segments' | 'onDurable' | 'settled' | 'release'> {
  /** As `Spool.renew`; done when `id` is the new one. */
  renew(base: SpoolPosition): void | Promise<void>;
}

/** From where to where a reader ships, and in which portions. */
export interface SpoolReaderOptions {
  readonly spool: SpoolSource;
  readonly store: UsageStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Most records of one transaction, which a backlog is shipped in; default 50,000. It begins with fewer, and as long as that takes no second. */
  readonly batchRecords?: number;
  /** Longest wait for a batch to fill; default 200 ms, and a second where many records come. */
  readonly maxDelayMs?: number;
  readonly onProblem?: (problem: SpoolProblem) => void;
}

/** How far a reader has come. */
export interface SpoolReaderStats {
  /** Records stored since the reader was created. */
  readonly shipped: number;
  /** Damaged stretches that were skipped, and their bytes. */
  readonly corrupt: number;
  readonly corruptBytes: number;
  /** Records that were written and could not be read. */
  readonly missing: number;
  /** Bytes in the spool that are not stored yet. */
  readonly waitingBytes: number;
  /** Failed attempts since the last success; 0 while all is well. */
  readonly failures: number;
  /** Epoch milliseconds, `null` before the first. */
  readonly lastShippedAt: number | null;
}

/** Ships a spool into a store, from now until `close`. */
export interface SpoolReader {
  /** Resolves when every record appended so far is stored; keeps trying while the store is away. Rejects when the reader is closed first. */
  flush(): Promise<void>;
  stats(): SpoolReaderStats;
  /** Ships what is waiting unless the store fails, then stops. What is left is shipped by the next reader of the spool. */
  close(): Promise<void>;
}

interface Batch {
  readonly start: SpoolPosition;
  readonly records: readonly SpoolRecord[];
  readonly headers: readonly FoundHeader[];
  readonly end: SpoolPosition;
  readonly corrupt: number;
  readonly corruptBytes: number;
}

type Step = 'shipped' | 'idle' | 'failed';

/** Of how many records the size is guessed for one read. */
const BYTES_PER_RECORD = 256;
const LEAST_READ_BYTES = Math.max(256 * 1024, MAX_FRAME_BYTES);
const MOST_READ_BYTES = 16 * 1024 ** 2;
/** Where more than this is waiting, the next batch is read while the one before is stored. */
const BACKLOG_BYTES = 512 * 1024;
/** So many records, or bytes of them, are worth a transaction at once. */
const WORTHWHILE_RECORDS = 20_000;
const WORTHWHILE_BYTES = WORTHWHILE_RECORDS * BYTES_PER_RECORD;
/** A batch of so many is followed by one that may fill for longer: each row of a rollup that a batch changes is changed once, for many requests. */
const BUSY_RECORDS = 1_000;
const BUSY_DELAY_MS = 1_000;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 2_500;

/**
 * Stores every record of the spool exactly once: the position travels in the transaction of the records, and after a failed
 * transaction the stored position decides whether it happened. Shipped segments are deleted. An opened spool has one reader in its life.
 */
export function createSpoolReader(options: SpoolReaderOptions): SpoolReader {
  const { spool, store, now, batchRecords = 50_000, maxDelayMs = 200, onProblem = () => {} } = options;

  /** Everything before it is stored; `null` until the store was asked. */
  let cursor: SpoolPosition | null = null;
  /** What the store holds, as far as is known. */
  let stored: SpoolPosition | null = null;
  /** The batch at `cursor`. Kept over failures: its transaction may have been committed all the same, or be so later. */
  let pending: Batch | null = null;
  /** What follows the batch that is being stored, once it is read; never rejects. */
  let ahead: Promise<Batch | null> = Promise.resolve(null);
  const limit = createBatchLimit(batchRecords);
  /** Whether the last batch was. */
  let isFull = false;
  let delayMs = maxDelayMs;
  let failures = 0;
  let shipped = 0;
  let corrupt = 0;
  let corruptBytes = 0;
  let missing = 0;
  let missingRecords = createMissingRecords();
  let lastShippedAt: number | null = null;

  let closing = false;
  let closed = false;
  let unread = 0;
  let wake: (() => void) | null = null;
  let isIdle = false;
  let delayTimer: NodeJS.Timeout | undefined;
  let flushes: { readonly target: SpoolPosition; resolve(): void; reject(error: Error): void }[] = [];

  const unsubscribe = spool.onDurable(noticeRecords);
  const finished = run();

  async function run(): Promise<void> {
    for (;;) {
      const step = await shipNext();
      if (closing && step !== 'shipped') return;
      if (step === 'shipped') await letFill();
      if (step === 'idle') await waitForRecords();
      if (step === 'failed') await sleep(backOffMs(failures));
    }
  }

  async function shipNext(): Promise<Step> {
    try {
      const from = await locate();
      await spool.release(from);
      pending ??= await nextBatch(from);
      if (pending === null) return 'idle';
      await ship(pending);
      failures = 0;
      return 'shipped';
    } catch (error) {
      failures += 1;
      onProblem({ kind: 'ship_failed', message: 'Usage records can not be stored at the moment; they wait in the spool.', error });
      return 'failed';
    }
  }

  async function ship(batch: Batch): Promise<void> {
    const { records, end } = batch;
    if (records.length > 0) {
      const began = performance.now();
      const ingested = store.ingest(spool.id, records, stored, end);
      ahead = readAhead(skipToReadable(end));
      await ingested;
      isFull = records.length >= limit.records;
      delayMs = records.length < BUSY_RECORDS ? maxDelayMs : Math.max(maxDelayMs, BUSY_DELAY_MS);
      limit.note(records.length, performance.now() - began);
    }
    acknowledge(batch);
  }

  async function nextBatch(from: SpoolPosition): Promise<Batch | null> {
    const read = await ahead;
    ahead = Promise.resolve(null);
    const batch = read !== null && isSame(read.start, from) ? read : await readBatch(from);
    return batch === null ? null : countMissing(batch);
  }

  /** What is missing is stored with what is there, in the same transaction. */
  function countMissing(batch: Batch): Batch {
    const count = missingRecords.follow(batch);
    if (count === 0) return batch;
    missing += count;
    const at = batch.records.findLast((record) => record.kind === 'request')?.at ?? now();
    return { ...batch, records: [...batch.records, { kind: 'loss', cause: 'missing', at, count }] };
  }

  /** Only where much is waiting: otherwise what comes in while the store is busy makes one batch. */
  async function readAhead(from: SpoolPosition): Promise<Batch | null> {
    if (waitingBytes(from) < BACKLOG_BYTES) return null;
    try {
      const batch = await readBatch(from);
      if (batch !== null) await store.prepare?.(batch.records);
      return batch;
    } catch {
      // It is tried again when its turn comes, and then said.
      return null;
    }
  }

  function acknowledge(batch: Batch): void {
    pending = null;
    if (batch.records.length > 0) {
      stored = batch.end;
      lastShippedAt = now();
    }
    shipped += batch.records.length;
    unread = Math.max(0, unread - batch.records.length);
    noteDamage(batch);
    moveTo(batch.end);
  }

  function moveTo(position: SpoolPosition): SpoolPosition {
    cursor = skipToReadable(position);
    resolveFlushes(cursor);
    return cursor;
  }

  function noteDamage(batch: Batch): void {
    if (batch.corrupt === 0) return;
    corrupt += batch.corrupt;
    corruptBytes += batch.corruptBytes;
    const message = `Skipped ${batch.corruptBytes} damaged bytes in spool segment ${batch.end.segment}.`;
    onProblem({ kind: 'corrupt', message });
  }

  /** Where to read on. Asks the store at the start and after every failure. */
  async function locate(): Promise<SpoolPosition> {
    if (cursor !== null && failures === 0) return moveTo(cursor);
    const position = await store.readPosition(spool.id);
    if (pending !== null && isSame(position, pending.end)) acknowledge(pending);
    else if (cursor === null || !isSame(position, stored)) await adopt(position);
    return moveTo(cursor ?? spool.end());
  }

  /** Finds the files that belong to the store's position, which may come from a restored database or a restored directory. */
  async function adopt(position: SpoolPosition | null): Promise<void> {
    pending = null;
    missingRecords = createMissingRecords();
    if (position !== null && isAhead(position)) await startAnew(position);
    else readFrom(position);
  }

  function readFrom(position: SpoolPosition | null): void {
    stored = position;
    const from = position ?? spool.base ?? { segment: 0, offset: 0 };
    const oldest = oldestSegment();
    if (from.segment < oldest.number - 1) {
      const message = `The store knows this spool up to segment ${from.segment}, but the oldest one here is ${oldest.number}: the usage in between is gone.`;
      onProblem({ kind: 'position_lost', message });
    }
    cursor = from;
  }

  /**
   * Only this reader moves a position on in the segments of this process. In earlier ones it may move all the same: a transaction of the
   * process that was killed can be committed after its death.
   */
  function isAhead(position: SpoolPosition): boolean {
    return position.segment >= spool.firstOwnSegment && (cursor === null || compare(position, cursor) > 0);
  }

  async function startAnew(position: SpoolPosition): Promise<void> {
    const base = cursor ?? { segment: spool.firstOwnSegment, offset: 0 };
    const message = `The store is ahead of this spool (segment ${position.segment}, byte ${position.offset}): the directory was replaced or copied. It goes on under a new name.`;
    onProblem({ kind: 'position_ahead', message });
    await spool.renew(base);
    stored = null;
    cursor = base;
  }

  /** The same place, or the start of the next segment where nothing is left in this one. */
  function skipToReadable(position: SpoolPosition): SpoolPosition {
    const segments = spool.segments();
    const here = segments.find(({ number }) => number >= position.segment);
    if (here === undefined) return spool.end();
    if (here.number > position.segment) return { segment: here.number, offset: 0 };
    if (position.offset < here.bytes || !here.sealed) return position;
    if (position.offset > here.bytes) reportShorter(position, here);
    return skipToReadable({ segment: here.number + 1, offset: 0 });
  }

  function reportShorter(position: SpoolPosition, segment: SpoolSegment): void {
    const message = `Spool segment ${segment.number} has ${segment.bytes} bytes, but ${position.offset} were stored from it: its end was lost after it had been stored.`;
    onProblem({ kind: 'position_lost', message });
  }

  function oldestSegment(): SpoolSegment {
    const [oldest] = spool.segments();
    if (oldest === undefined) throw new Error('A spool has at least the segment it writes.');
    return oldest;
  }

  async function readBatch(from: SpoolPosition): Promise<Batch | null> {
    const segment = spool.segments().find(({ number }) => number === from.segment);
    if (segment === undefined || from.offset >= segment.bytes) return null;
    const readBytes = Math.min(MOST_READ_BYTES, Math.max(LEAST_READ_BYTES, limit.records * BYTES_PER_RECORD));
    const wanted = Math.min(readBytes, segment.bytes - from.offset);
    const bytes = await readSegment(segment, from.offset, wanted);
    const isWhole = bytes.length === wanted;
    const isFinal = !isWhole || from.offset + wanted === segment.bytes;
    const frames = await decodeStretch(bytes, isFinal, limit.records);
    const isAtEnd = isFinal && frames.consumed === bytes.length;
    return { ...frames, start: from, end: { segment: segment.number, offset: isAtEnd ? segment.bytes : from.offset + frames.consumed } };
  }

  /** Fewer bytes than wanted where the file was cut or deleted from outside. */
  async function readSegment(segment: SpoolSegment, offset: number, wanted: number): Promise<Buffer> {
    const bytes = await readBytes(segment.path, offset, wanted);
    if (bytes.length < wanted) {
      const message = `Spool segment ${segment.number} lost ${wanted - bytes.length} bytes before they were stored.`;
      onProblem({ kind: 'segment_lost', message });
    }
    return bytes;
  }

  function noticeRecords(records: number): void {
    unread += records;
    if (!isIdle) return;
    if (isWorthwhile()) wake?.();
    else startDelay();
  }

  function isWorthwhile(): boolean {
    return unread >= Math.min(WORTHWHILE_RECORDS, batchRecords);
  }

  function startDelay(): void {
    delayTimer ??= setTimeout(() => wake?.(), delayMs).unref();
  }

  /** Where what came meanwhile is not worth a transaction yet. */
  async function letFill(): Promise<void> {
    if (isFull || isWorthwhile() || waitingBytes(cursor) >= WORTHWHILE_BYTES) return;
    startDelay();
    await waitForRecords();
  }

  async function waitForRecords(): Promise<void> {
    isIdle = true;
    await sleep(flushes.length > 0 ? 0 : null);
    isIdle = false;
    clearTimeout(delayTimer);
    delayTimer = undefined;
  }

  function sleep(ms: number | null): Promise<void> {
    if (closing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => wake?.(), ms).unref();
      wake = () => {
        wake = null;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function resolveFlushes(position: SpoolPosition): void {
    const isDone = ({ target }: { target: SpoolPosition }) => compare(target, position) <= 0;
    const done = flushes.filter(isDone);
    flushes = flushes.filter((flush) => !isDone(flush));
    for (const flush of done) flush.resolve();
  }

  async function flush(): Promise<void> {
    await spool.settled();
    const target = spool.end();
    if (cursor !== null && compare(target, cursor) <= 0) return;
    if (closed) throw closedError();
    const stored = Promise.withResolvers<void>();
    flushes.push({ target, resolve: stored.resolve, reject: stored.reject });
    wake?.();
    await stored.promise;
  }

  async function close(): Promise<void> {
    await spool.settled();
    closing = true;
    wake?.();
    await finished;
    unsubscribe();
    clearTimeout(delayTimer);
    closed = true;
    for (const { reject } of flushes) reject(closedError());
    flushes = [];
  }

  function waitingBytes(from: SpoolPosition | null): number {
    const bytesLeft = (segment: SpoolSegment) => {
      if (from === null || segment.number > from.segment) return segment.bytes;
      return segment.number < from.segment ? 0 : Math.max(0, segment.bytes - from.offset);
    };
    return spool.segments().reduce((sum, segment) => sum + bytesLeft(segment), 0);
  }

  return {
    flush,
    stats: () => ({ shipped, corrupt, corruptBytes, missing, waitingBytes: waitingBytes(cursor), failures, lastShippedAt }),
    close,
  };
}

function closedError(): Error {
  return new Error('The spool reader was closed before everything was stored.');
}

function backOffMs(failures: number): number {
  return Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (failures - 1));
}

function compare(a: SpoolPosition, b: SpoolPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}

function isSame(a: SpoolPosition | null, b: SpoolPosition | null): boolean {
  return a === b || (a !== null && b !== null && compare(a, b) === 0);
}

/** Up to `length` bytes; none where there is no such file. */
async function readBytes(path: string, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  try {
    await using file = await open(path);
    return bytes.subarray(0, await readFully(file, bytes, position));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return bytes.subarray(0, 0);
    throw error;
  }
}

async function readFully(file: FileHandle, bytes: Buffer, position: number): Promise<number> {
  for (let read = 0; ; ) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, position + read);
    read += bytesRead;
    if (bytesRead === 0 || read === bytes.length) return read;
  }
}
