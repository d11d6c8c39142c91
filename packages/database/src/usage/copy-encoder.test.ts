import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CleanRecord, cleanRecord } from './clean-record.ts';
import { COPY_COLUMNS, encodeUsageRows, frameUsageCopy } from './copy-encoder.ts';
import { usage } from './usage-record-fixture.ts';

function clean(given: Parameters<typeof usage>[2] = {}): CleanRecord {
  const record = cleanRecord(usage(7, '2026-11-20T10:00:00.001Z', given), 0);
  if (record === null) throw new Error('no record');
  return record;
}

const encodeUsageCopy = (records: readonly CleanRecord[]) => Buffer.concat(frameUsageCopy([encodeUsageRows(records)]));

/** The format as PostgreSQL's documentation of COPY describes it, read field by field. */
function decode(bytes: Buffer): (Buffer | null)[][] {
  expect(bytes.subarray(0, 11).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0');
  expect(bytes.readInt32BE(11)).toBe(0);
  let at = 19 + bytes.readInt32BE(15);
  const rows: (Buffer | null)[][] = [];
  for (let fields = bytes.readInt16BE(at); fields !== -1; fields = bytes.readInt16BE(at)) {
    at += 2;
    const row: (Buffer | null)[] = [];
    for (let field = 0; field < fields; field += 1) {
      const length = bytes.readInt32BE(at);
      row.push(length === -1 ? null : bytes.subarray(at + 4, at + 4 + length));
      at += 4 + Math.max(0, length);
    }
    rows.push(row);
  }
  expect(at + 2).toBe(bytes.length);
  return rows;
}

function field(row: (Buffer | null)[] | undefined, column: (typeof COPY_COLUMNS)[number]): Buffer {
  const value = row?.[COPY_COLUMNS.indexOf(column)];
  if (!value) throw new Error(`${column} is null`);
  return value;
}

test('a row has every column in its binary form', () => {
  const [row] = decode(
    encodeUsageCopy([
      clean({ ip: '203.0.113.7', status: 404, durationUs: 2 ** 32 + 5, responseBytes: 3, secretId: 9, cost: 4, trial: 'RATE_LIMITED' }),
    ]),
  );
  expect(row).toHaveLength(COPY_COLUMNS.length);
  expect(field(row, 'token_id').readInt32BE()).toBe(7);
  expect(field(row, 'at').readBigInt64BE()).toBe((BigInt(Date.parse('2026-11-20T10:00:00.001Z')) - BigInt(Date.UTC(2000, 0, 1))) * 1000n);
  expect(field(row, 'status_code').readInt16BE()).toBe(404);
  expect(field(row, 'duration_us').readBigInt64BE()).toBe(4_294_967_301n);
  expect(field(row, 'response_bytes').readBigInt64BE()).toBe(3n);
  expect([...field(row, 'ip')]).toEqual([2, 32, 0, 4, 203, 0, 113, 7]);
  expect(field(row, 'user_agent').toString()).toBe('curl/8.5.0');
  expect(field(row, 'secret_id').readInt32BE()).toBe(9);
  expect(field(row, 'cost').readInt32BE()).toBe(4);
  expect(field(row, 'trial').toString()).toBe('RATE_LIMITED');
});

test('an answer that a proxy gave has no known status; any other has one, whatever the record says', () => {
  const rowOf = (given: Parameters<typeof clean>[0]) => decode(encodeUsageCopy([clean(given)]))[0];
  const judged = rowOf({ status: 0, via: 'forward_auth' });
  expect(field(judged, 'status_code').readInt16BE()).toBe(0);
  expect(field(judged, 'via').toString()).toBe('forward_auth');
  const served = rowOf({ status: 0 });
  expect(field(served, 'status_code').readInt16BE()).toBe(100);
  expect(served?.[COPY_COLUMNS.indexOf('via')]).toBeNull();
});

test('an IPv6 address is its 16 bytes, however it was written', () => {
  const bytesOf = (ip: string) => [...field(decode(encodeUsageCopy([clean({ ip })]))[0], 'ip')];
  expect(bytesOf('2001:db8::1')).toEqual([3, 128, 0, 16, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(bytesOf('::ffff:192.0.2.1')).toEqual([3, 128, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]);
  fc.assert(
    fc.property(fc.ipV6(), (ip) => {
      expect(bytesOf(ip)).toHaveLength(20);
    }),
  );
});

test('what is not known is null', () => {
  const [row] = decode(encodeUsageCopy([clean({ ip: null, userAgent: null, secretId: null, trial: null })]));
  expect(row?.[COPY_COLUMNS.indexOf('ip')]).toBeNull();
  for (const column of ['user_agent', 'secret_id', 'trial'] as const) expect(row?.[COPY_COLUMNS.indexOf(column)]).toBeNull();
});

test('any text comes back, and rows stay in step', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(fc.array(fc.record({ path: text, userAgent: fc.option(text), endpoint: text })), (given) => {
      const records = given.map(clean);
      const rows = decode(encodeUsageCopy(records));
      expect(rows.map((row) => [field(row, 'path').toString(), field(row, 'endpoint').toString()])).toEqual(
        records.map(({ path, endpoint }) => [path, endpoint]),
      );
    }),
  );
});

test('no record is an empty copy', () => {
  expect(decode(encodeUsageCopy([]))).toEqual([]);
});
