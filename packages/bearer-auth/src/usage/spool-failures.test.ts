import { readFileSync } from 'node:fs';
import type { SpoolRecord, UsageRecord } from '@latchkey/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeFrames } from './frame.ts';
import { openSpool, type Spool, type SpoolDurability } from './spool.ts';
import { type SpoolFiles, spoolFiles } from './spool-files.ts';
import { createSpoolReader } from './spool-reader.ts';
import { createFailingFiles } from './testing/failing-files.ts';
import { createMemoryStore } from './testing/memory-store.ts';
import { appendAll, temporaryDirectory } from './testing/spool-fixture.ts';
import { usageRecords } from './testing/usage-records.ts';

const KINDS = Object.keys(spoolFiles) as (keyof SpoolFiles)[];
const RECORDS = 24;
const LONGEST_PAUSE_MS = 5_000;

/** What a client knows of the records of its requests. */
interface Ledger {
  /** Those whose answers went out. */
  readonly answered: number[];
  readonly refused: number;
  /** The longest it took until requests were taken again, in milliseconds. */
  readonly longestPauseMs: number;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends as many requests as a guard would let through: it asks `accepting` before each, and answers once the record is durable. */
async function send(spool: Spool, from: number, count: number): Promise<Ledger> {
  const answered: number[] = [];
  let refused = 0;
  let longestPauseMs = 0;
  for (let number = from; number < from + count; number += 2) {
    longestPauseMs = Math.max(longestPauseMs, await untilAccepting(spool));
    const outcomes = await appendAll(spool, usageRecords(2, number));
    for (const [index, error] of outcomes.entries()) {
      if (error === null) answered.push(number + index);
      else refused += 1;
    }
  }
  return { answered, refused, longestPauseMs };
}

async function untilAccepting(spool: Spool): Promise<number> {
  let waitedMs = 0;
  while (!spool.accepting && waitedMs <= LONGEST_PAUSE_MS) {
    await vi.advanceTimersByTimeAsync(250);
    await new Promise((resolve) => setImmediate(resolve));
    await spool.settled();
    waitedMs += 250;
  }
  return waitedMs;
}

const numberOf = (record: SpoolRecord) => Number((record as UsageRecord).path.split('/').at(-1));

/** What lies in the files, as the next process reads them. */
function numbersOnDisk(spool: Spool): number[] {
  return spool.segments().flatMap(({ path }) => decodeFrames(readFileSync(path), true, RECORDS * 2).records.map(numberOf));
}

describe.each(['process', 'disk'] as const)('durability %s: every call that can fail, at every moment at which it can', (durability) => {
  test.each(KINDS)('%s', { timeout: 120_000 }, async (kind) => {
    let wasReached = true;
    let staged = 0;
    for (let nth = 1; wasReached; nth += 1) {
      for (const times of [1, 3]) {
        wasReached = await survives(kind, nth, times, durability);
        if (wasReached) staged += 1;
      }
    }
    const never = durability === 'process' ? ['sync', 'syncDirectory'] : [];
    // Truncating is what is done about a failure of another call.
    expect(staged > 0).toBe(![...never, 'truncate'].includes(kind));
  });
});

/** Lets a call fail, and answers whether it came to that. */
async function survives(kind: keyof SpoolFiles, nth: number, times: number, durability: SpoolDurability): Promise<boolean> {
  const directory = temporaryDirectory();
  const failing = createFailingFiles(kind, nth, times);
  const spool = openUnlessRefused({ directory, durability, segmentBytes: 600, files: failing.files });
  // A start that can not be is an error of its own, before anything was answered.
  if (spool === null) return failing.calls >= nth;
  const first = await send(spool, 0, RECORDS);
  const wasReached = failing.calls >= nth;
  await spool.close();

  const again = openSpool({ directory });
  const kept = numbersOnDisk(again);
  expect(kept.filter((number) => first.answered.includes(number))).toEqual(first.answered);
  expect(new Set(kept).size).toBe(kept.length);
  expect(first.longestPauseMs).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
  if (wasReached) expect(first.refused).toBeLessThanOrEqual(2 * times);
  await again.close();
  return wasReached;
}

function openUnlessRefused(options: Parameters<typeof openSpool>[0]): Spool | null {
  try {
    return openSpool(options);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
    return null;
  }
}

test.each(['write', 'truncate'] as const)('a write that fails while %s fails too loses no record that was called durable', async (kind) => {
  const directory = temporaryDirectory();
  const failing = createFailingFiles('write', 3, 2);
  const alsoFailing = createFailingFiles(kind, 1, kind === 'truncate' ? 2 : 0);
  const files = { ...failing.files, ...(kind === 'truncate' && { truncate: alsoFailing.files.truncate }) };
  const spool = openSpool({ directory, files });
  const { answered, refused } = await send(spool, 0, RECORDS);
  expect(refused).toBeGreaterThan(0);
  await spool.close();
  const again = openSpool({ directory });
  const kept = numbersOnDisk(again);
  expect(answered.filter((number) => !kept.includes(number))).toEqual([]);
  await again.close();
});

test.each(['rewrite', 'syncNow', 'rename', 'write'] as const)('a new name that can not be kept (%s) is tried again', async (kind) => {
  vi.useRealTimers();
  const directory = temporaryDirectory();
  const store = createMemoryStore();
  const first = openSpool({ directory });
  const { id } = first;
  await appendAll(first, usageRecords(3));
  await first.close();
  // The store knows more of this spool than there is: the directory is an older copy.
  await store.ingest(id, usageRecords(1, 500), null, { segment: 90, offset: 10 });

  const failing = createFailingFiles(kind, 1, 1);
  const problems: string[] = [];
  const spool = openSpool({ directory, files: failing.files });
  const onProblem = ({ kind: what }: { kind: string }) => problems.push(what);
  const reader = createSpoolReader({ spool, store, now: Date.now, onProblem });
  if (kind !== 'write') await appendAll(spool, usageRecords(1, 600));
  await reader.flush();
  expect(failing.calls).toBeGreaterThanOrEqual(kind === 'write' ? 1 : 2);
  expect(problems).toContain('ship_failed');
  expect(spool.id).not.toBe(id);
  await reader.close();
  await spool.close();
});

test('10,000 random bit flips: nothing crashes, every record that was not hit is kept, and the others are counted', {
  timeout: 120_000,
}, async () => {
  const spool = openSpool({ directory: temporaryDirectory() });
  for (let sent = 0; sent < 30; sent += 3) await appendAll(spool, usageRecords(3, sent));
  const bytes = readFileSync(spool.segments()[0]?.path ?? '');
  await spool.close();
  const all = decodeFrames(bytes, true, 100).records.map(numberOf);
  for (let flip = 0; flip < 10_000; flip += 1) {
    const bit = Math.floor(Math.random() * bytes.length * 8);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const { records, headers, corrupt } = decodeFrames(bytes, true, 100);
    const kept = records.map(numberOf);
    expect([all.length - kept.length + (10 - headers.length), corrupt]).toEqual([1, 1]);
    expect(all.filter((number) => kept.includes(number))).toEqual(kept);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  }
});
