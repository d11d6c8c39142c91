import { describe, expect, test } from 'vitest';
import { cleanAttempts, cleanRecord } from './clean-record.ts';
import { usage } from './usage-record-fixture.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const cleaned = (given: object) => cleanRecord({ ...usage(1, '2026-11-20T10:59:59.999Z'), ...given }, NOW);

describe('a clean record', () => {
  test('is the record, with its hour and day', () => {
    expect(cleaned({})).toMatchObject({
      tokenId: 1,
      at: Date.parse('2026-11-20T10:59:59.999Z'),
      hour: Date.parse('2026-11-20T10:00:00Z'),
      day: Date.parse('2026-11-20T00:00:00Z'),
      path: '/products',
    });
  });

  test.each([
    [{ userAgent: 'a\0b' }, { userAgent: 'a\uFFFDb' }],
    [{ path: '\uD800/x' }, { path: '\uFFFD/x' }],
    [{ endpoint: `${'x'.repeat(254)}😀` }, { endpoint: `${'x'.repeat(254)}\uFFFD` }],
    [{ method: 'UNSUBSCRIBE' }, { method: 'UNSUBSCRIBE' }],
    [
      { durationUs: -5, requestBytes: Number.NaN, responseBytes: 1.6 },
      { durationUs: 0, requestBytes: 0, responseBytes: 2 },
    ],
    [{ durationUs: Number.POSITIVE_INFINITY }, { durationUs: 86_400_000_000 }],
    [{ status: 0 }, { status: 100 }],
    [{ status: undefined }, { status: 500 }],
    [{ at: Number.NaN }, { at: NOW }],
    [{ at: -1 }, { at: Date.UTC(2000, 0, 1) }],
    [{ at: 8.64e15 }, { at: Date.UTC(2100, 0, 1) }],
    [{ ip: '10.0.0.1, 10.0.0.2' }, { ip: null }],
    [{ ip: '0:0:0:0:0:0:0:1' }, { ip: '::1' }],
    [{ ip: 'fe80::1%eth0' }, { ip: 'fe80::1' }],
    [{ userAgent: undefined }, { userAgent: null }],
    [{ secretId: 0 }, { secretId: null }],
    [
      { cost: Number.NaN, trial: undefined },
      { cost: 1, trial: null },
    ],
  ])('%j becomes %j', (given, expected) => {
    expect(cleaned(given)).toMatchObject(expected);
  });

  test.each([0, -1, 1.5, 2_147_483_648, Number.NaN])('is none where no token can have the id %s', (tokenId) => {
    expect(cleaned({ tokenId })).toBeNull();
  });
});

test('attempts that were never counted are none, and never end before they began', () => {
  const attempt = { kind: 'unknown', fingerprint: 'f', ip: null, reason: 'unknown', count: 1, firstAt: NOW, lastAt: NOW - 5 } as const;
  expect(cleanAttempts(attempt, NOW)).toMatchObject({ firstAt: NOW, lastAt: NOW });
  expect(cleanAttempts({ ...attempt, count: 0 }, NOW)).toBeNull();
});
