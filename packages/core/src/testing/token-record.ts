import { DEFAULT_RATE_LIMIT } from '../limit/rate-limit.ts';
import type { TokenRecord } from '../token/token-record.ts';

/** An active, unrestricted token with the default limit; name what matters to the test. */
export function aTokenRecord(changes: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id: 1,
    version: 1,
    name: 'Storefront',
    configId: 'default',
    ownerType: null,
    ownerId: null,
    keyType: null,
    environment: 'live',
    active: true,
    notBefore: null,
    expiresAt: null,
    revokedAt: null,
    allowedEndpoints: null,
    scopes: [],
    permissions: null,
    rateLimit: DEFAULT_RATE_LIMIT,
    trial: null,
    limits: [],
    quota: null,
    allowedIps: null,
    strict: false,
    secretId: 1,
    secretExpiresAt: null,
    secretVersion: 1,
    ...changes,
  };
}
