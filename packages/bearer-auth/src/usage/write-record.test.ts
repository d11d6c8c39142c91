import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRecord } from './record-codec.ts';
import { anyRequest, usageRecord } from './testing/usage-records.ts';
import { mostBytesOf, writeRecord } from './write-record.ts';

function written(record: Parameters<typeof writeRecord>[0]): string {
  // Too short a room would cut it off, and what stood there before must not show through.
  const bytes = Buffer.alloc(7 + mostBytesOf(record), 0xff);
  const end = writeRecord(record, bytes, 7);
  expect(end).toBeLessThanOrEqual(bytes.length);
  return bytes.toString('utf8', 7, end);
}

test('any record is written in the bytes that the codec has for it', () => {
  fc.assert(
    fc.property(anyRequest, (record) => {
      expect(written(record)).toBe(encodeRecord(record));
    }),
    { numRuns: 2_000 },
  );
});

test('so is every number, whether it can be or not', () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, -0, 9, 10, 2 ** 31 - 1, 2 ** 31, 1e21));
  fc.assert(
    fc.property(number, number, number, (at, tokenId, secretId) => {
      const record = { ...usageRecord(1), at, tokenId, secretId, status: tokenId, durationUs: secretId, cost: at };
      expect(written(record)).toBe(encodeRecord(record));
    }),
    { numRuns: 2_000 },
  );
});

test.each(['"', '\\', '\n', '\u0000', '\u007f', '\u0080', 'é', '😀', '\ud800', '\u2028', '</script>'])(
  'and every character: %j',
  (text) => {
    const record = {
      ...usageRecord(1),
      method: text,
      endpoint: `/a${text}`,
      path: `${text}/b`,
      ip: text,
      userAgent: text.repeat(500),
      requestId: text,
    };
    expect(written(record)).toBe(encodeRecord(record));
  },
);

test('one from another door carries its name', () => {
  const record = { ...usageRecord(1), via: 'forward_auth' as const };
  expect(written(record)).toBe(encodeRecord(record));
});

test('records one after the other do not touch each other', () => {
  const bytes = Buffer.alloc(10_000);
  const first = writeRecord(usageRecord(1), bytes, 0);
  const second = writeRecord({ ...usageRecord(2), at: usageRecord(1).at }, bytes, first);
  expect(bytes.toString('utf8', 0, second)).toBe(encodeRecord(usageRecord(1)) + encodeRecord({ ...usageRecord(2), at: usageRecord(1).at }));
});
