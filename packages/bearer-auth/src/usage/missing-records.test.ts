import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFrameBatch, decodeFrames } from './frame.ts';
import { createMissingRecords } from './missing-records.ts';
import { usageRecords } from './testing/usage-records.ts';

/** The frames of one write: its header, then its records. */
function write(batch: ReturnType<typeof createFrameBatch>, first: number, count: number): Buffer[] {
  for (const record of usageRecords(count, first)) batch.add(record);
  return splitFrames(Buffer.from(batch.take(first)));
}

function splitFrames(bytes: Buffer): Buffer[] {
  if (bytes.length === 0) return [];
  const end = 12 + bytes.readUInt32LE(8);
  return [bytes.subarray(0, end), ...splitFrames(bytes.subarray(end))];
}

/** The frames of writers one after the other, each of them writing batches of these sizes. */
function writeAll(writers: readonly (readonly number[])[]): Buffer[] {
  return writers.flatMap((counts) => {
    const batch = createFrameBatch();
    let first = 0;
    return counts.flatMap((count) => {
      const frames = write(batch, first, count);
      first += count;
      return frames;
    });
  });
}

function countMissing(bytes: Buffer, limit: number): number {
  const missing = createMissingRecords();
  let sum = 0;
  for (let at = 0; at < bytes.length; ) {
    const stretch = decodeFrames(bytes.subarray(at), true, limit);
    sum += missing.follow(stretch);
    at += stretch.consumed;
  }
  return sum;
}

const isHeader = (frame: Buffer) => decodeFrames(frame, true, 1).headers.length === 1;
const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 });

describe('records that can not be read', () => {
  test('none are missing where all is whole, however it is read', () => {
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 9 }), (writers, limit) => {
        expect(countMissing(Buffer.concat(writeAll(writers)), limit)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('exactly those that were lost between two headers that are there', () => {
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 3 }), fc.infiniteStream(fc.boolean()), (writers, keep) => {
        const frames = writeAll(writers);
        const kept = frames.filter((frame) => isHeader(frame) || keep.next().value);
        // Whoever writes next makes the last write countable.
        const bytes = Buffer.concat([...kept, ...writeAll([[1]])]);
        expect(countMissing(bytes, 4)).toBe(frames.length - kept.length);
      }),
      { numRuns: 200 },
    );
  });

  test('a lost header hides nothing that lies between its neighbours', () => {
    const batch = createFrameBatch();
    const [first, second, third] = [write(batch, 0, 3), write(batch, 3, 3), write(batch, 6, 1)];
    const bytes = Buffer.concat([...first, ...second.slice(2), ...third]);
    expect(countMissing(bytes, 100)).toBe(1);
  });

  test('where reading begins in the middle of a write, counting begins with the next one', () => {
    const batch = createFrameBatch();
    const bytes = Buffer.concat([...write(batch, 0, 5).slice(3), ...write(batch, 5, 2).slice(0, 2), ...write(batch, 7, 1)]);
    expect(countMissing(bytes, 100)).toBe(1);
  });
});
