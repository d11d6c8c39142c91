import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { UsageRecord } from '@latchkey/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { decodeFrames } from './frame.ts';
import { openSpool, type Spool, type SpoolOptions, type SpoolProblem } from './spool.ts';
import { type SpoolFiles, spoolFiles } from './spool-files.ts';
import { appendAll, temporaryDirectory } from './testing/spool-fixture.ts';
import { usageRecord, usageRecords } from './testing/usage-records.ts';

function open(options: Partial<SpoolOptions> = {}): Spool {
  const spool = openSpool({ directory: temporaryDirectory(), ...options });
  onTestFinished(() => spool.close());
  return spool;
}

const diskFull = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/** A disk whose writes stop half-way through the buffer while `full` is set. */
function createFillableDisk() {
  const disk = { full: false, writes: 0, files: spoolFiles as SpoolFiles };
  disk.files = {
    ...spoolFiles,
    write(file, bytes, offset, length, position) {
      disk.writes += 1;
      if (!disk.full) return spoolFiles.write(file, bytes, offset, length, position);
      const half = Math.floor(length / 2);
      if (half === 0) throw diskFull();
      return spoolFiles.write(file, bytes, offset, half, position);
    },
  };
  return disk;
}

describe('appending', () => {
  test('all records of one turn share one write, and done is never called at once', async () => {
    const disk = createFillableDisk();
    const spool = open({ files: disk.files });
    const before = disk.writes;
    let calls = 0;
    for (const record of usageRecords(100)) spool.append(record, () => calls++);
    expect(calls).toBe(0);
    await spool.settled();
    expect(calls).toBe(100);
    expect(disk.writes - before).toBe(1);
    expect(spool.stats()).toMatchObject({ appended: 100, failed: 0, accepting: true });
  });

  test.each([false, true])('whoever fails to be told does not keep the others of its turn from hearing; disk full: %s', async (full) => {
    const disk = createFillableDisk();
    const spool = open({ files: disk.files });
    disk.full = full;
    const uncaught = Promise.withResolvers<unknown>();
    process.setUncaughtExceptionCaptureCallback(uncaught.resolve);
    onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
    const told: boolean[] = [];
    const shipped: number[] = [];
    spool.onDurable((records) => shipped.push(records));
    const [first, second, third] = usageRecords(3) as [UsageRecord, UsageRecord, UsageRecord];
    spool.append(first, (error) => told.push(error === null));
    spool.append(second, () => {
      throw new Error('The answer can not be written.');
    });
    spool.append(third, (error) => told.push(error === null));
    await spool.settled();
    expect(told).toEqual([!full, !full]);
    expect(shipped).toEqual(full ? [] : [3]);
    expect(await uncaught.promise).toMatchObject({ message: 'The answer can not be written.' });
  });

  test('only the owner can list the directory and read the files', async () => {
    const directory = join(temporaryDirectory(), 'deep', 'spool');
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const spool = open({ directory });
    await appendAll(spool, usageRecords(1));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  test('segments are finished at their size and released once they lie before the position', async () => {
    const spool = open({ segmentBytes: 1_000 });
    for (const record of usageRecords(40)) await appendAll(spool, [record]);
    const segments = spool.segments();
    expect(segments.length).toBeGreaterThan(3);
    expect(segments.slice(0, -1).every(({ sealed, bytes }) => sealed && bytes >= 1_000)).toBe(true);

    const [first, second] = segments;
    await spool.release({ segment: second?.number ?? 0, offset: (second?.bytes ?? 0) - 1 });
    expect(spool.segments().map(({ number }) => number)).toEqual(segments.slice(1).map(({ number }) => number));
    expect(readdirSync(join(first?.path ?? '', '..'))).not.toContain(first?.path.split('/').at(-1));
  });

  test('the id stays with the directory, and every opening begins a new segment', async () => {
    const directory = temporaryDirectory();
    const before = openSpool({ directory });
    await appendAll(before, usageRecords(1));
    await before.close();
    const after = open({ directory });
    expect(after.id).toBe(before.id);
    expect(after.firstOwnSegment).toBe(before.firstOwnSegment + 1);
    expect(after.segments()[0]?.bytes).toBe(before.end().offset);
  });

  test('a record is refused after closing, and one appended before it is kept', async () => {
    const spool = open();
    const kept = appendAll(spool, usageRecords(1));
    await spool.close();
    expect(await kept).toEqual([null]);
    expect(spool.accepting).toBe(false);
    expect(await appendAll(spool, usageRecords(1))).toEqual([expect.objectContaining({ message: 'The usage spool is closed.' })]);
  });

  test('a record that is too large fails alone', async () => {
    const spool = open();
    const results = await appendAll(spool, [usageRecord(1), { ...usageRecord(2), path: 'x'.repeat(100_000) }, usageRecord(3)]);
    expect(results).toEqual([null, expect.any(Error), null]);
  });

  test.each([0, -1, 1.5, Number.NaN])('capBytes %s is refused at construction', (capBytes) => {
    expect(() => openSpool({ directory: temporaryDirectory(), capBytes })).toThrow('capBytes');
  });
});

describe('durability disk', () => {
  test('done waits for the sync, and what arrives meanwhile shares the next one', async () => {
    const syncs: ((error: Error | null) => void)[] = [];
    const spool = open({ durability: 'disk', files: { ...spoolFiles, sync: (_file, done) => syncs.push(done) } });
    const first = appendAll(spool, usageRecords(3));
    await vi.waitFor(() => expect(syncs).toHaveLength(1));
    const second = appendAll(spool, usageRecords(2, 3));
    await new Promise(setImmediate);
    const third = appendAll(spool, usageRecords(2, 5));
    await new Promise(setImmediate);
    expect(syncs).toHaveLength(1);
    expect(spool.stats().appended).toBe(0);

    syncs[0]?.(null);
    expect(await first).toEqual([null, null, null]);
    await vi.waitFor(() => expect(syncs).toHaveLength(2));
    expect(spool.stats().appended).toBe(3);
    syncs[1]?.(null);
    await Promise.all([second, third]);
    expect(syncs).toHaveLength(2);
    expect(spool.stats().appended).toBe(7);
    const bytes = readFileSync(spool.segments()[0]?.path ?? '');
    expect(decodeFrames(bytes, true, 100).records).toEqual(usageRecords(7));
  });

  test('a failed sync fails its records and takes them out of the file', async () => {
    let error: Error | null = diskFull();
    const spool = open({ durability: 'disk', files: { ...spoolFiles, sync: (_file, done) => setImmediate(done, error) } });
    expect(await appendAll(spool, usageRecords(2))).toEqual([error, error]);
    expect(statSync(spool.segments()[0]?.path ?? '').size).toBe(0);
    error = null;
    expect(await appendAll(spool, usageRecords(1))).toEqual([null]);
  });
});

describe('at the cap', () => {
  test('accepting turns false, admitted requests still get their record, and freed segments turn it true again', async () => {
    const spool = open({ capBytes: 8_000 });
    while (spool.accepting) expect(await appendAll(spool, usageRecords(1))).toEqual([null]);
    expect(spool.stats().bytes).toBeGreaterThanOrEqual(8_000);
    expect(await appendAll(spool, usageRecords(1))).toEqual([null]);
    await spool.release(spool.end());
    expect(spool.accepting).toBe(true);
  });

  test('a caller that goes on regardless is refused a quarter above it', async () => {
    const spool = open({ capBytes: 8_000 });
    const results = [];
    for (const record of usageRecords(200)) results.push(...(await appendAll(spool, [record])));
    expect(results.at(-1)).toEqual(expect.objectContaining({ message: 'The usage spool is full.' }));
    expect(spool.stats().bytes).toBeLessThan(8_000 * 1.25 + 200);
    expect(spool.stats().appended + spool.stats().failed).toBe(200);
  });
});

describe('policy drop', () => {
  test('at the cap requests are answered all the same, and every record that is missing is counted', async () => {
    const spool = open({ capBytes: 8_000, whenFull: 'drop' });
    const outcomes: (Error | null)[] = [];
    for (let sent = 0; sent < 100; sent += 1) outcomes.push(...(await appendAll(spool, usageRecords(1, sent))));
    expect(outcomes.every((error) => error === null)).toBe(true);
    expect(spool.accepting).toBe(true);
    const { appended, dropped, failed, bytes } = spool.stats();
    expect([appended + dropped, failed]).toEqual([100, 0]);
    expect(dropped).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(8_400);
  });

  test('the same where the disk takes nothing, and nothing is dropped any more once it does', async () => {
    const disk = createFillableDisk();
    const spool = open({ files: disk.files, whenFull: 'drop' });
    disk.full = true;
    expect(await appendAll(spool, usageRecords(2))).toEqual([null, null]);
    disk.full = false;
    expect(await appendAll(spool, usageRecords(2, 2))).toEqual([null, null]);
    expect(spool.stats()).toMatchObject({ appended: 2, dropped: 2, failed: 0, accepting: true });
  });

  test('once there is room again, the spool itself says how many are missing from it', async () => {
    const spool = open({ capBytes: 8_000, segmentBytes: 1_000, whenFull: 'drop', now: () => 5_000 });
    for (let sent = 0; sent < 60; sent += 1) await appendAll(spool, usageRecords(1, sent));
    const { dropped } = spool.stats();
    expect(dropped).toBeGreaterThan(0);
    await spool.release(spool.end());
    await spool.settled();
    const [segment] = spool.segments();
    const { records } = decodeFrames(readFileSync(segment?.path ?? ''), true, 100);
    expect(records.at(-1)).toEqual({ kind: 'loss', cause: 'dropped', at: 5_000, count: dropped });
  });

  test('what could not be told because the disk took nothing is told later', async () => {
    const disk = createFillableDisk();
    const spool = open({ files: disk.files, whenFull: 'drop', now: () => 5_000 });
    disk.full = true;
    for (let sent = 0; sent < 3; sent += 1) await appendAll(spool, usageRecords(1, sent));
    disk.full = false;
    await appendAll(spool, usageRecords(1, 3));
    await spool.settled();
    const { records } = decodeFrames(readFileSync(spool.segments()[0]?.path ?? ''), true, 100);
    expect(records).toEqual([usageRecord(3), { kind: 'loss', cause: 'dropped', at: 5_000, count: 3 }]);
  });

  test('a closed spool refuses', async () => {
    const spool = open({ whenFull: 'drop' });
    await spool.close();
    expect(await appendAll(spool, usageRecords(1))).toEqual([expect.any(Error)]);
    expect(spool.stats()).toMatchObject({ dropped: 0, failed: 1 });
  });
});

describe('near the cap', () => {
  test('an operator is told at four fifths of it, once until it was well below', async () => {
    const problems: SpoolProblem[] = [];
    const spool = open({ capBytes: 10_000, segmentBytes: 1_000, onProblem: (problem) => problems.push(problem) });
    const fill = async () => {
      while (spool.stats().bytes < 8_000) {
        expect(problems.filter(({ kind }) => kind === 'nearly_full')).toHaveLength(told);
        await appendAll(spool, usageRecords(1));
      }
    };
    let told = 0;
    await fill();
    expect(problems).toEqual([{ kind: 'nearly_full', message: expect.stringMatching(/has used 8\d % of its 10000 bytes/) }]);
    await appendAll(spool, usageRecords(1));
    expect(problems).toHaveLength(1);
    told = 1;
    await spool.release(spool.end());
    await fill();
    expect(problems).toHaveLength(2);
  });
});

describe('when the disk refuses', () => {
  test('a write that stops half-way fails its records and corrupts nothing', async () => {
    const disk = createFillableDisk();
    const problems: SpoolProblem[] = [];
    const spool = open({ files: disk.files, onProblem: (problem) => problems.push(problem) });
    await appendAll(spool, usageRecords(3));
    const { offset } = spool.end();

    disk.full = true;
    expect(await appendAll(spool, usageRecords(3, 3))).toEqual(Array(3).fill(expect.objectContaining({ code: 'ENOSPC' })));
    expect(spool.accepting).toBe(false);
    expect(spool.end().offset).toBe(offset);
    expect(statSync(spool.segments()[0]?.path ?? '').size).toBe(offset);

    disk.full = false;
    expect(await appendAll(spool, usageRecords(1, 6))).toEqual([null]);
    expect(spool.accepting).toBe(true);
    expect(spool.stats()).toMatchObject({ appended: 4, failed: 3 });
    expect(problems.map(({ kind }) => kind)).toEqual(['write_failed', 'write_recovered']);
  });

  test.each(['process', 'disk'] as const)(
    'it finds out by itself when the disk takes data again (%s)',
    { timeout: 60_000 },
    async (durability) => {
      const disk = createFillableDisk();
      const spool = open({ files: disk.files, durability });
      disk.full = true;
      await appendAll(spool, usageRecords(1));
      expect(spool.accepting).toBe(false);
      disk.full = false;
      await vi.waitFor(() => expect(spool.accepting).toBe(true), { timeout: 30_000 });
      expect(spool.end().offset).toBe(0);
    },
  );

  test('a disk that is full of the segment in use takes data again once that is shipped', { timeout: 60_000 }, async () => {
    const disk = createFillableDisk();
    const spool = open({ files: disk.files });
    await appendAll(spool, usageRecords(3));
    const shipped = spool.end();
    const heard: number[] = [];
    spool.onDurable((records) => heard.push(records));
    disk.full = true;
    await appendAll(spool, usageRecords(1, 3));
    await vi.waitFor(() => expect(spool.segments().map(({ sealed }) => sealed)).toEqual([true, false]), { timeout: 30_000 });
    expect(heard).toEqual([0]);
    await spool.release(shipped);
    expect(spool.segments()).toMatchObject([{ bytes: 0, sealed: false }]);
    expect(spool.accepting).toBe(false);
    disk.full = false;
    await vi.waitFor(() => expect(spool.accepting).toBe(true), { timeout: 30_000 });
    expect(await appendAll(spool, usageRecords(1, 4))).toEqual([null]);
  });

  test('a segment that can not be begun fails the turn and leaves the old one in use', async () => {
    let canCreate = true;
    const create = (path: string) => {
      if (canCreate) return spoolFiles.create(path);
      throw diskFull();
    };
    const spool = open({ segmentBytes: 100, files: { ...spoolFiles, create } });
    await appendAll(spool, usageRecords(1));
    canCreate = false;
    expect(await appendAll(spool, usageRecords(1))).toEqual([expect.objectContaining({ code: 'ENOSPC' })]);
    canCreate = true;
    expect(await appendAll(spool, usageRecords(1))).toEqual([null]);
    expect(spool.segments().map(({ sealed }) => sealed)).toEqual([true, false]);
  });
});
