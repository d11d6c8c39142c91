import { randomBytes } from 'node:crypto';
import type { Actor } from '../admin/actor.ts';
import type { NewToken } from '../token/token-store.ts';

export const ada: Actor = { id: 'u1', name: 'Ada', ipAddress: '203.0.113.7', userAgent: 'vitest' };

/** A valid token with a digest that nobody else has. */
export function newToken(fields: Partial<NewToken> = {}): NewToken {
  return {
    name: 'CI deploy',
    description: null,
    environment: 'live',
    prefix: 'lk_live_',
    start: 'lk_liv',
    last4: 'wxyz',
    digest: randomBytes(32),
    digestAlgorithm: 'hmac-sha256',
    secretVersion: 1,
    allowedEndpoints: null,
    rateLimit: 100,
    rateLimitWindowMs: 60_000,
    rateLimitAlgorithm: 'fixed',
    expiresAt: null,
    ...fields,
  };
}
