import { expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { usageRecord } from './testing/usage-records.ts';

const record = { ...usageRecord(1), secretId: 5, cost: 3, trial: 'RATE_LIMITED' as const };

test('a request of an older spool, without secret, cost and trial, is read as one that cost 1', () => {
  const older = JSON.stringify(JSON.parse(encodeRecord(record)).slice(0, 14));
  expect(decodeRecord(older)).toEqual({ ...record, secretId: null, cost: 1, trial: null });
});

test.each([13, 15, 16, 18])('a request of %i members is not one', (length) => {
  const members = [...JSON.parse(encodeRecord(record)), 'more'].slice(0, length);
  expect(decodeRecord(JSON.stringify(members))).toBeNull();
});
