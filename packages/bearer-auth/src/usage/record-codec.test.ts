import { UNKNOWN_STATUS } from '@latchkey/core';
import { expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { usageRecord } from './testing/usage-records.ts';

const record = { ...usageRecord(1), secretId: 5, cost: 3, trial: 'RATE_LIMITED' as const };

test('a request of an older spool, without secret, cost and trial, is read as one that cost 1', () => {
  const older = JSON.stringify(JSON.parse(encodeRecord(record)).slice(0, 14));
  expect(decodeRecord(older)).toEqual({ ...record, secretId: null, cost: 1, trial: null });
});

test('a request that a proxy answered says so, and its status is not known', () => {
  const judged = { ...record, status: UNKNOWN_STATUS, via: 'forward_auth' as const };
  expect(decodeRecord(encodeRecord(judged))).toEqual(judged);
  expect(JSON.parse(encodeRecord(record))).toHaveLength(17);
});

test.each([13, 15, 16, 19])('a request of %i members is not one', (length) => {
  const members = [...JSON.parse(encodeRecord(record)), 'more', 'and more'].slice(0, length);
  expect(decodeRecord(JSON.stringify(members))).toBeNull();
});
