import type { SpoolRecord, UnknownAttempts, UsageLoss, UsageRecord } from '@latchkey/core';
import fc from 'fast-check';

/** A plausible record that can be told apart by its number. */
export function usageRecord(number: number): UsageRecord {
  return {
    kind: 'request',
    tokenId: 7,
    at: 1_790_000_000_000 + number,
    method: 'GET',
    endpoint: '/products/:id',
    path: `/products/${number}`,
    status: 200,
    durationUs: 1_234,
    requestBytes: 0,
    responseBytes: 512,
    ip: '203.0.113.9',
    userAgent: 'curl/8.5.0',
    outcome: 'VALID',
    requestId: `request-${number}`,
    secretId: 11,
    cost: 1,
    trial: null,
  };
}

export function usageRecords(count: number, from = 0): UsageRecord[] {
  return Array.from({ length: count }, (_, index) => usageRecord(from + index));
}

const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
const count = fc.maxSafeNat();

/** Any request, hostile text included. */
export const anyRequest: fc.Arbitrary<UsageRecord> = fc.record({
  kind: fc.constant('request' as const),
  tokenId: count,
  at: count,
  method: text(20),
  endpoint: text(255),
  path: text(2_048),
  status: fc.integer({ min: 100, max: 599 }),
  durationUs: count,
  requestBytes: count,
  responseBytes: count,
  ip: fc.option(fc.ipV6()),
  userAgent: fc.option(text(512)),
  outcome: fc.constantFrom('VALID' as const, 'CLIENT_CLOSED' as const, 'RATE_LIMITED' as const),
  requestId: text(64),
  secretId: fc.option(count),
  cost: count,
  trial: fc.option(fc.constantFrom('RATE_LIMITED' as const, 'ENDPOINT_NOT_ALLOWED' as const)),
});

const anyAttempts: fc.Arbitrary<UnknownAttempts> = fc.record({
  kind: fc.constant('unknown' as const),
  fingerprint: text(16),
  ip: fc.option(fc.ipV4()),
  reason: fc.constantFrom('malformed' as const, 'unknown' as const),
  count,
  firstAt: count,
  lastAt: count,
});

const anyLoss: fc.Arbitrary<UsageLoss> = fc.record({
  kind: fc.constant('loss' as const),
  cause: fc.constantFrom('dropped' as const, 'missing' as const),
  at: count,
  count,
});

/** Any record, hostile text included. */
export const anyRecord: fc.Arbitrary<SpoolRecord> = fc.oneof(anyRequest, anyAttempts, anyLoss);
