import type { TokenView } from '@latchkey/database';
import type { KeyRecord } from './key-schemas.ts';

/** What a record shows beside the stored token. */
export interface KeyRecordFacts {
  /** Requests counted in the running rate-limit window. */
  readonly requestCount: number;
  /** Characters of the key that its configuration shows; 0: none. */
  readonly startLength: number;
}

/** A token in the shape of these routes (S3-033…052, C-26): ids as decimal text, an absent prefix as `null`. */
export function toKeyRecord(token: TokenView, { requestCount, startLength }: KeyRecordFacts): KeyRecord {
  return {
    id: String(token.id),
    configId: token.configId,
    name: token.name,
    start: startLength === 0 ? null : token.start.slice(0, startLength),
    prefix: token.prefix === '' ? null : token.prefix,
    enabled: token.active,
    referenceId: token.ownerId ?? '',
    userId: token.ownerType === 'user' ? token.ownerId : null,
    expiresAt: token.expiresAt,
    createdAt: token.createdAt,
    updatedAt: token.updatedAt,
    lastRequest: token.lastUsedAt,
    requestCount,
    rateLimitEnabled: token.rateLimitEnabled,
    rateLimitMax: token.rateLimit,
    rateLimitTimeWindow: token.rateLimitWindowMs,
    remaining: token.remaining,
    refillAmount: token.refillAmount,
    refillInterval: token.refillInterval,
    lastRefillAt: token.lastRefillAt,
    permissions: token.permissions,
    metadata: token.metadata,
  };
}
