import type { UsageRecord } from '../usage/usage-record.ts';

/** A successful `GET /products/1` of token 1. */
export function aUsageRecord(changes: Partial<UsageRecord> = {}): UsageRecord {
  return {
    kind: 'request',
    tokenId: 1,
    at: Date.UTC(2026, 0, 15, 12),
    method: 'GET',
    endpoint: '/products/:id',
    path: '/products/1',
    status: 200,
    durationUs: 12_345,
    requestBytes: 0,
    responseBytes: 512,
    ip: '203.0.113.7',
    userAgent: 'curl/8.9',
    outcome: 'VALID',
    requestId: 'req-1',
    secretId: null,
    cost: 1,
    trial: null,
    ...changes,
  };
}
