import type { SpoolRecord } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFrameBatch, decodeFrames } from './frame.ts';
import { anyRecord, usageRecord, usageRecords } from './testing/usage-records.ts';

const WRITER = 'c0ffee00';

function frames(records: readonly SpoolRecord[]): Buffer {
  const batch = createFrameBatch(WRITER);
  for (const record of records) expect(batch.add(record)).toBe(true);
  return Buffer.from(batch.take(0));
}

const HEADER_BYTES = frames([]).length;
const headerOf = (count: number) => [{ writer: WRITER, first: 0, count, before: 0 }];

const decodeAll = (bytes: Buffer) => decodeFrames(bytes, true, Number.POSITIVE_INFINITY);

describe('whole frames', { timeout: 60_000 }, () => {
  test('every record comes back as it was, in order', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 8 }), (records) => {
        const bytes = frames(records);
        const headers = headerOf(records.length);
        expect(decodeAll(bytes)).toEqual({ records, headers, consumed: bytes.length, corrupt: 0, corruptBytes: 0 });
      }),
    );
  });

  test('reading stops at the limit and goes on from there', () => {
    const bytes = frames(usageRecords(5));
    const first = decodeFrames(bytes, true, 2);
    expect(first.records).toEqual(usageRecords(2));
    expect(decodeAll(bytes.subarray(first.consumed)).records).toEqual(usageRecords(3, 2));
  });

  test('a record larger than a frame is refused and leaves no trace', () => {
    const batch = createFrameBatch();
    batch.add(usageRecord(1));
    expect(batch.add({ ...usageRecord(2), path: 'x'.repeat(70_000) })).toBe(false);
    expect(batch.add({ ...usageRecord(2), path: 'é'.repeat(40_000) })).toBe(false);
    batch.add(usageRecord(3));
    expect(decodeAll(Buffer.from(batch.take(0))).records).toEqual([usageRecord(1), usageRecord(3)]);
  });
});

describe('damage', { timeout: 60_000 }, () => {
  test('a cut at any byte keeps every whole record and counts the rest as one stretch', () => {
    const records = usageRecords(30);
    const bytes = frames(records);
    expect(bytes.length).toBeGreaterThan(4_096);
    const ends = records.map((_, index) => frames(records.slice(0, index + 1)).length);
    for (let length = 0; length < bytes.length; length += 1) {
      const whole = ends.filter((end) => end <= length);
      const decoded = decodeAll(bytes.subarray(0, length));
      expect(decoded.records).toEqual(records.slice(0, whole.length));
      expect(decoded.corruptBytes).toBe(length - (whole.at(-1) ?? (length < HEADER_BYTES ? 0 : HEADER_BYTES)));
      expect(decoded.corrupt).toBe(decoded.corruptBytes > 0 ? 1 : 0);
      expect(decoded.consumed).toBe(length);
    }
  });

  test('an unfinished frame is left alone while more may follow', () => {
    const bytes = frames(usageRecords(2));
    const firstEnd = frames(usageRecords(1)).length;
    for (let length = firstEnd; length < bytes.length; length += 1) {
      const decoded = decodeFrames(bytes.subarray(0, length), false, 10);
      expect(decoded).toEqual({ records: usageRecords(1), headers: headerOf(2), consumed: firstEnd, corrupt: 0, corruptBytes: 0 });
    }
  });

  test('a flipped bit costs the record it hit and no other', () => {
    const records = usageRecords(4);
    const bytes = frames(records);
    const ends = records.map((_, index) => frames(records.slice(0, index + 1)).length);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const damaged = Buffer.from(bytes);
        const at = bit >> 3;
        damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (bit & 7)), at);
        const hit = at < HEADER_BYTES ? -1 : ends.findIndex((end) => at < end);
        const decoded = decodeAll(damaged);
        expect(decoded.records).toEqual(records.filter((_, index) => index !== hit));
        expect(decoded.corrupt).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  test('arbitrary bytes between frames are skipped, wherever the reads are cut', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(noise, noise, fc.integer({ min: 70_000, max: 90_000 }), (before, between, readBytes) => {
        const many = usageRecords(600);
        const bytes = Buffer.concat([before, frames(many), between, frames([usageRecord(9_999)])]);
        const found: SpoolRecord[] = [];
        for (let at = 0; at < bytes.length; ) {
          const chunk = bytes.subarray(at, at + readBytes);
          const decoded = decodeFrames(chunk, at + chunk.length === bytes.length, 250);
          expect(decoded.consumed).toBeGreaterThan(0);
          found.push(...decoded.records);
          at += decoded.consumed;
        }
        expect(found).toEqual([...many, usageRecord(9_999)]);
      }),
      { numRuns: 30 },
    );
  });

  test('random bytes alone never give a record and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const decoded = decodeAll(Buffer.from(bytes));
        expect(decoded.records).toEqual([]);
        expect(decoded.consumed).toBe(bytes.length);
      }),
    );
  });
});
