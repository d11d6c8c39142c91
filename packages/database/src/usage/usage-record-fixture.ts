import type { UsageRecord } from '@latchkey/core';

/** A usage record for tests; `at` as ISO text. */
export function usage(tokenId: number, at: string, given: Partial<UsageRecord> = {}): UsageRecord {
  return {
    kind: 'request',
    tokenId,
    at: Date.parse(at),
    method: 'GET',
    endpoint: '/products',
    path: '/products',
    status: 200,
    durationUs: 12_000,
    requestBytes: 0,
    responseBytes: 500,
    ip: '203.0.113.7',
    userAgent: 'curl/8.5.0',
    outcome: 'VALID',
    requestId: 'req-1',
    secretId: null,
    cost: 1,
    trial: null,
    ...given,
  };
}
