import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SpoolRecord, UsageRecord } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { decodeFrames } from './frame.ts';
import { openSpool, type Spool, type SpoolOptions, type SpoolProblem } from './spool.ts';
import { createSpoolReader, type SpoolReader, type SpoolReaderOptions } from './spool-reader.ts';
import { createMemoryStore, type IngestFate, type MemoryStore } from './testing/memory-store.ts';
import { appendAll, temporaryDirectory } from './testing/spool-fixture.ts';
import { usageRecords } from './testing/usage-records.ts';

interface Process {
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly problems: SpoolProblem['kind'][];
  stop(): Promise<void>;
}

interface ProcessOptions extends Omit<Partial<SpoolOptions>, 'onProblem'>, Pick<SpoolReaderOptions, 'batchRecords' | 'maxDelayMs'> {
  readonly directory: string;
  readonly store: MemoryStore;
}

function start({ store, batchRecords, maxDelayMs = 1, ...options }: ProcessOptions): Process {
  const problems: SpoolProblem['kind'][] = [];
  const onProblem = ({ kind }: SpoolProblem) => problems.push(kind);
  const spool = openSpool({ ...options, onProblem });
  const reader = createSpoolReader({ spool, store, now: () => 1_000, batchRecords, maxDelayMs, onProblem });
  const stop = async () => {
    await reader.close();
    await spool.close();
  };
  onTestFinished(stop);
  return { spool, reader, problems, stop };
}

/** A flush ends a back-off at once, so a test of failures need not wait for it. */
async function flushWithoutWaiting(reader: SpoolReader): Promise<void> {
  let done = false;
  const first = reader.flush().then(() => {
    done = true;
  });
  while (!done) {
    reader.flush().catch(() => {});
    await new Promise(setImmediate);
  }
  await first;
}

/** With more patience than a busy machine needs. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

const requestsOf = (store: MemoryStore) => store.records.filter((record) => record.kind === 'request');
const numbersOf = (store: MemoryStore) => requestsOf(store).map((record) => record.at - 1_790_000_000_000);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('shipping', { timeout: 60_000 }, () => {
  test('everything appended is stored once and in order, in batches of the given size', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store, batchRecords: 30, segmentBytes: 5_000 });
    for (let sent = 0; sent < 200; sent += 20) await appendAll(spool, usageRecords(20, sent));
    await reader.flush();
    expect(numbersOf(store)).toEqual(upTo(200));
    expect(Math.max(...store.batches)).toBeLessThanOrEqual(30);
    expect(reader.stats()).toEqual({
      shipped: 200,
      corrupt: 0,
      corruptBytes: 0,
      missing: 0,
      waitingBytes: 0,
      failures: 0,
      lastShippedAt: 1_000,
    });
  });

  test('it wakes by itself, and deletes what is shipped', async () => {
    const store = createMemoryStore();
    const directory = temporaryDirectory();
    const { spool } = start({ directory, store, segmentBytes: 1_000 });
    for (let sent = 0; sent < 40; sent += 1) await appendAll(spool, usageRecords(1, sent));
    await eventually(() => expect(store.records).toHaveLength(40));
    await eventually(() => expect(readdirSync(directory).filter((name) => name.endsWith('.segment'))).toHaveLength(1));
  });

  test('a full batch does not wait for the delay', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store, batchRecords: 10, maxDelayMs: 3_600_000 });
    await reader.flush();
    await appendAll(spool, usageRecords(10));
    await eventually(() => expect(store.records).toHaveLength(10));
  });

  test('what comes while a batch is stored waits for the delay, or for a full batch', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store, batchRecords: 10, maxDelayMs: 3_600_000 });
    await appendAll(spool, usageRecords(3));
    await reader.flush();
    for (let sent = 3; sent < 12; sent += 1) await appendAll(spool, usageRecords(1, sent));
    await appendAll(spool, usageRecords(1, 12));
    await eventually(() => expect(store.batches).toEqual([3, 10]));
  });

  test('a batch of many records is followed by one that fills for longer', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store });
    await appendAll(spool, usageRecords(999));
    await reader.flush();
    await appendAll(spool, usageRecords(1_000, 999));
    await eventually(() => expect(store.records).toHaveLength(1_999));
    const before = performance.now();
    for (let sent = 1_999; sent < 2_009; sent += 1) await appendAll(spool, usageRecords(1, sent));
    await eventually(() => expect(store.records).toHaveLength(2_009));
    expect(performance.now() - before).toBeGreaterThan(500);
    expect(store.batches.at(-1)).toBe(10);
  });

  test('flush of an empty spool resolves, and a flush counts records whose write is still to come', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store, maxDelayMs: 3_600_000 });
    await reader.flush();
    spool.append(usageRecords(1)[0] as UsageRecord, () => {});
    await reader.flush();
    expect(numbersOf(store)).toEqual([0]);
  });

  test('close ships what is waiting', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store, maxDelayMs: 3_600_000 });
    await appendAll(spool, usageRecords(5));
    await reader.close();
    expect(numbersOf(store)).toEqual(upTo(5));
  });

  test('waiting bytes and segments can be read while the store is away, and a closed reader rejects its flushes', async () => {
    const store = createMemoryStore();
    store.fate = () => 'fails';
    const { spool, reader, problems } = start({ directory: temporaryDirectory(), store });
    await appendAll(spool, usageRecords(5));
    const flushed = reader.flush().catch((error: Error) => error.message);
    await eventually(() => expect(reader.stats().failures).toBeGreaterThan(0));
    expect(reader.stats()).toMatchObject({ shipped: 0, lastShippedAt: null, waitingBytes: spool.end().offset });
    expect(problems).toContain('ship_failed');
    await reader.close();
    expect(await flushed).toContain('closed');
    await expect(reader.flush()).rejects.toThrow('closed');
  });

  test('a spool at its cap accepts again once the store is back', async () => {
    const store = createMemoryStore();
    store.fate = () => 'fails';
    const { spool, reader } = start({ directory: temporaryDirectory(), store, capBytes: 8_000 });
    let sent = 0;
    while (spool.accepting) await appendAll(spool, usageRecords(1, sent++));
    store.fate = () => 'works';
    await reader.flush();
    await eventually(() => expect(spool.accepting).toBe(true));
    expect(numbersOf(store)).toEqual(upTo(sent));
  });
});

describe('exactly once', { timeout: 60_000 }, () => {
  test('over failures, lost answers and crashes at random points', async () => {
    const fates = fc.array(fc.constantFrom<IngestFate>('works', 'fails', 'loses-answer'), { maxLength: 12 });
    const life = fc.record({ appends: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 6 }), fates });
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        const directory = temporaryDirectory();
        const store = createMemoryStore();
        let sent = 0;
        for (const { appends, fates: queue } of lives) {
          const left = [...queue];
          // When its fates have run out, this process is as good as killed: nothing it does reaches the store any more.
          store.fate = () => left.shift() ?? 'fails';
          const { spool, stop } = start({ directory, store, segmentBytes: 1_500, batchRecords: 7 });
          for (const count of appends) {
            await appendAll(spool, usageRecords(count, sent));
            sent += count;
          }
          await stop();
        }
        store.fate = () => 'works';
        const { reader, problems, stop } = start({ directory, store });
        await flushWithoutWaiting(reader);
        expect(numbersOf(store)).toEqual(upTo(sent));
        expect(problems).toEqual([]);
        await stop();
      }),
      { numRuns: 60 },
    );
  });

  test('while the store fails now and then under one reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom<IngestFate>('works', 'fails', 'loses-answer'), { maxLength: 30 }), async (fates) => {
        const store = createMemoryStore();
        const left = [...fates];
        store.fate = () => left.shift() ?? 'works';
        const { spool, reader, stop } = start({ directory: temporaryDirectory(), store, segmentBytes: 2_000, batchRecords: 5 });
        for (let sent = 0; sent < 60; sent += 6) await appendAll(spool, usageRecords(6, sent));
        await flushWithoutWaiting(reader);
        expect(numbersOf(store)).toEqual(upTo(60));
        expect(reader.stats()).toMatchObject({ shipped: 60, failures: 0, waitingBytes: 0 });
        await stop();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a backlog', { timeout: 60_000 }, () => {
  /** 24,000 records in several segments, which nobody has read yet. */
  async function backlog(): Promise<string> {
    const directory = temporaryDirectory();
    const spool = openSpool({ directory, segmentBytes: 2_000_000 });
    for (let sent = 0; sent < 24_000; sent += 2_000) await appendAll(spool, usageRecords(2_000, sent));
    await spool.close();
    return directory;
  }

  test('goes in ever larger batches, each read and prepared while the one before is stored', async () => {
    const store = createMemoryStore();
    const prepared: (readonly SpoolRecord[])[] = [];
    const ingested: (readonly SpoolRecord[])[] = [];
    const { reader } = start({
      directory: await backlog(),
      store: {
        ...store,
        prepare: async (records) => void prepared.push(records),
        async ingest(spoolId, records, from, to) {
          ingested.push(records);
          // While a batch is stored, the next one is prepared.
          if (ingested.length === 1) await eventually(() => expect(prepared).toHaveLength(1));
          await store.ingest(spoolId, records, from, to);
        },
      },
    });
    await reader.flush();
    expect(numbersOf(store)).toEqual(upTo(24_000));
    expect(store.batches[0]).toBe(5_000);
    expect(Math.max(...store.batches)).toBeGreaterThan(5_000);
    expect(prepared.every((records) => ingested.includes(records))).toBe(true);
  });

  test('is stored once and in order while the store fails now and then', async () => {
    const store = createMemoryStore();
    const fates: IngestFate[] = ['works', 'loses-answer', 'fails', 'works', 'fails', 'loses-answer', 'works', 'loses-answer'];
    store.fate = () => fates.shift() ?? 'works';
    const { reader } = start({ directory: await backlog(), store, batchRecords: 4_000 });
    await flushWithoutWaiting(reader);
    expect(numbersOf(store)).toEqual(upTo(24_000));
    expect(reader.stats()).toMatchObject({ shipped: 24_000, waitingBytes: 0 });
  });
});

describe('damaged files', { timeout: 60_000 }, () => {
  /** A directory with one finished segment, as a crashed process leaves it. */
  async function crashed(records = 10): Promise<{ directory: string; path: string; bytes: Buffer }> {
    const directory = temporaryDirectory();
    const spool = openSpool({ directory });
    for (let sent = 0; sent < records; sent += 5) await appendAll(spool, usageRecords(5, sent));
    const path = spool.segments()[0]?.path ?? '';
    await spool.close();
    return { directory, path, bytes: readFileSync(path) };
  }

  /** Where each frame ends, headers included, and how many records there are up to there. */
  function frameEnds(bytes: Buffer): Map<number, number> {
    const ends = new Map([[0, 0]]);
    for (let at = 0, records = 0; at < bytes.length; ends.set(at, records)) {
      const frame = bytes.subarray(at, at + 12 + bytes.readUInt32LE(at + 8));
      records += decodeFrames(frame, true, 1).records.length;
      at += frame.length;
    }
    return ends;
  }

  test('a tail cut anywhere in the last 4 KiB is skipped and counted, and new records follow', async () => {
    const { path, bytes } = await crashed(30);
    const ends = frameEnds(bytes);
    expect(bytes.length).toBeGreaterThan(4_096);
    for (let length = bytes.length - 4_096; length < bytes.length; length += 13) {
      const directory = temporaryDirectory();
      writeFileSync(join(directory, basename(path)), bytes.subarray(0, length));
      const store = createMemoryStore();
      const { spool, reader, stop } = start({ directory, store });
      await appendAll(spool, usageRecords(1, 30));
      await reader.flush();
      const whole = Math.max(...[...ends].filter(([end]) => end <= length).map(([, records]) => records));
      expect(numbersOf(store)).toEqual([...upTo(whole), 30]);
      expect(reader.stats().corrupt).toBe(ends.has(length) ? 0 : 1);
      await stop();
    }
  });

  test('a damaged record in the middle costs only itself, over a restart too', async () => {
    const { directory, path, bytes } = await crashed();
    bytes.fill(0x20, 400, 420);
    writeFileSync(path, bytes);
    const store = createMemoryStore();
    const { reader, problems, stop } = start({ directory, store });
    await reader.flush();
    expect(numbersOf(store)).toHaveLength(9);
    expect(problems).toEqual(['corrupt']);
    await stop();
    const again = start({ directory, store });
    await again.reader.flush();
    expect(numbersOf(store)).toHaveLength(9);
  });

  test('what can not be read is stored as a loss, with the records around it', async () => {
    const { directory, path, bytes } = await crashed(15);
    const ends = [...frameEnds(bytes)].filter(([, records], index, all) => index > 0 && records > (all[index - 1]?.[1] ?? 0));
    const third = ends[2]?.[0] ?? 0;
    bytes.fill(0x20, third - 40, third + 40);
    writeFileSync(path, bytes);
    const store = createMemoryStore();
    const { reader, stop } = start({ directory, store });
    await reader.flush();
    expect(store.records.filter(({ kind }) => kind === 'loss')).toEqual([
      { kind: 'loss', cause: 'missing', at: expect.any(Number), count: 2 },
    ]);
    expect(reader.stats()).toMatchObject({ missing: 2, corrupt: 1 });
    expect(numbersOf(store)).toHaveLength(13);
    await stop();
  });

  test('a segment deleted from outside is reported, and the others are shipped', async () => {
    const store = createMemoryStore();
    store.fate = () => 'fails';
    const { spool, reader, problems } = start({ directory: temporaryDirectory(), store, segmentBytes: 1_000 });
    for (let sent = 0; sent < 40; sent += 1) await appendAll(spool, usageRecords(1, sent));
    rmSync(spool.segments()[1]?.path ?? '');
    store.fate = () => 'works';
    await flushWithoutWaiting(reader);
    expect(problems).toContain('segment_lost');
    expect(numbersOf(store).at(0)).toBe(0);
    expect(numbersOf(store).at(-1)).toBe(39);
  });
});

describe('a position that does not fit the files', { timeout: 60_000 }, () => {
  /** Three lives of ten records each; answers the position after the first one. */
  async function shipThrice(directory: string, store: MemoryStore) {
    const positions = [];
    for (let life = 0; life < 3; life += 1) {
      const { spool, reader, stop } = start({ directory, store });
      await appendAll(spool, usageRecords(10, life * 10));
      await reader.flush();
      positions.push(store.position);
      await stop();
    }
    return positions;
  }

  test('a database restored to an older day: the gap is reported, new records are stored', async () => {
    const directory = temporaryDirectory();
    const store = createMemoryStore();
    const [first] = await shipThrice(directory, store);
    store.position = first ?? null;
    const { spool, reader, problems } = start({ directory, store });
    await appendAll(spool, usageRecords(10, 30));
    await reader.flush();
    expect(problems).toEqual(['position_lost']);
    expect(numbersOf(store).slice(-10)).toEqual(upTo(40).slice(30));
  });

  test('an end that was stored and then lost in a power failure: reported, nothing doubled', async () => {
    const directory = temporaryDirectory();
    const store = createMemoryStore();
    const { spool, reader, stop } = start({ directory, store });
    await appendAll(spool, usageRecords(10));
    await reader.flush();
    await stop();
    truncateSync(spool.segments()[0]?.path ?? '', 300);
    const after = start({ directory, store });
    await appendAll(after.spool, usageRecords(10, 10));
    await after.reader.flush();
    expect(after.problems).toEqual(['position_lost']);
    expect(numbersOf(store)).toEqual(upTo(20));
  });

  test('a directory older than the position: it goes on under a new name and loses nothing new', async () => {
    const directory = temporaryDirectory();
    const store = createMemoryStore();
    await shipThrice(directory, store);
    const spoolId = openSpoolId(directory);
    store.position = { spoolId, at: { segment: 50, offset: 10_000 } };
    const { spool, reader, problems, stop } = start({ directory, store });
    await appendAll(spool, usageRecords(10, 30));
    await reader.flush();
    expect(problems).toEqual(['position_ahead']);
    expect(spool.id).not.toBe(spoolId);
    await stop();
    const again = start({ directory, store });
    await appendAll(again.spool, usageRecords(10, 40));
    await again.reader.flush();
    expect(numbersOf(store)).toEqual(upTo(50));
    expect(again.problems).toEqual([]);
  });

  test('somebody else moved the position on: what this process wrote is still stored', async () => {
    const directory = temporaryDirectory();
    const store = createMemoryStore();
    const { spool, reader, problems } = start({ directory, store });
    await appendAll(spool, usageRecords(10));
    await reader.flush();
    store.position = { spoolId: spool.id, at: { segment: 1, offset: 1_000_000 } };
    await appendAll(spool, usageRecords(10, 10));
    await flushWithoutWaiting(reader);
    expect(problems).toEqual(['ship_failed', 'position_ahead']);
    expect(numbersOf(store)).toEqual(upTo(20));
  });

  test('a transaction of the killed process committed after its successor began: nothing is doubled', async () => {
    const directory = temporaryDirectory();
    const before = openSpool({ directory });
    await appendAll(before, usageRecords(3));
    const at = before.end();
    await appendAll(before, usageRecords(7, 3));
    await before.close();
    const store = createMemoryStore();
    let calls = 0;
    store.fate = () => {
      // Between the successor's first look at the position and its first transaction.
      if (++calls === 2) {
        store.position = { spoolId: before.id, at };
        store.records.push(...usageRecords(3));
      }
      return 'works';
    };
    const { reader, problems } = start({ directory, store });
    await flushWithoutWaiting(reader);
    expect(numbersOf(store)).toEqual(upTo(10));
    expect(problems).toEqual(['ship_failed']);
  });

  test('a database emptied under a running reader: it goes on', async () => {
    const store = createMemoryStore();
    const { spool, reader } = start({ directory: temporaryDirectory(), store });
    await appendAll(spool, usageRecords(10));
    await reader.flush();
    store.position = null;
    store.records.length = 0;
    await appendAll(spool, usageRecords(10, 10));
    await flushWithoutWaiting(reader);
    expect(numbersOf(store)).toEqual(upTo(20));
  });
});

function openSpoolId(directory: string): string {
  return (JSON.parse(readFileSync(`${directory}/spool.json`, 'utf8')) as { id: string }).id;
}
