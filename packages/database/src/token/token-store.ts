import type { DigestAlgorithm, RateLimitAlgorithm, TokenDigest } from '@latchkey/core';
import type { Actor } from '../admin/actor.ts';

export type TokenStatus = 'active' | 'disabled' | 'expired' | 'revoked';
export type TokenHealth =
  | 'revoked'
  | 'disabled'
  | 'expired'
  | 'rate_limited'
  | 'failing'
  | 'expires_soon'
  | 'never_used'
  | 'idle'
  | 'healthy';

/** A token as management reads it. Instants are ISO-8601 UTC with milliseconds. Never the digest. */
export interface TokenView {
  id: number;
  name: string;
  description: string | null;
  active: boolean;
  status: TokenStatus;
  health: TokenHealth;
  keyType: string | null;
  environment: string | null;
  prefix: string;
  start: string;
  last4: string;
  ownerType: string | null;
  ownerId: string | null;
  createdBy: string | null;
  scopes: string[];
  permissions: Record<string, string[]> | null;
  allowedEndpoints: string[] | null;
  rateLimit: number | null;
  rateLimitWindowMs: number;
  rateLimitAlgorithm: RateLimitAlgorithm;
  rateLimitEnabled: boolean;
  remaining: number | null;
  refillAmount: number | null;
  refillInterval: number | null;
  lastRefillAt: string | null;
  metadata: Record<string, unknown> | null;
  configId: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  createdAt: string;
  updatedAt: string;
  requests24h: number;
  failed24h: number;
  requests7d: number;
  totalRequests: number;
}

export interface TokenListRow extends TokenView {
  /** 24 hourly counts, oldest first, the current hour last. */
  sparkline: number[];
}

export interface NewToken {
  name: string;
  description: string | null;
  environment: string | null;
  prefix: string;
  /** First six characters of the whole text (S3-037). */
  start: string;
  last4: string;
  digest: Uint8Array;
  digestAlgorithm: DigestAlgorithm;
  secretVersion: number;
  allowedEndpoints: string[] | null;
  rateLimit: number;
  rateLimitWindowMs: number;
  rateLimitAlgorithm: RateLimitAlgorithm;
  /** Epoch milliseconds. */
  expiresAt: number | null;
  /** Epoch milliseconds; absent: now. For tokens that come with a past. */
  createdAt?: number | undefined;
}

/** Absent = unchanged, `null` = cleared. */
export interface TokenPatch {
  name?: string;
  description?: string | null;
  active?: boolean;
  rateLimit?: number;
  rateLimitWindowMs?: number;
  rateLimitAlgorithm?: RateLimitAlgorithm;
  rateLimitEnabled?: boolean;
  allowedEndpoints?: string[] | null;
  expiresAt?: number | null;
}

export type TokenSort =
  | 'id'
  | 'name'
  | 'status'
  | 'rate_limit'
  | 'expires_at'
  | 'last_used_at'
  | 'created_at'
  | 'requests_24h'
  | 'requests_7d'
  | 'total_requests';

export interface TokenQuery {
  limit: number;
  offset: number;
  sort: TokenSort;
  order: 'asc' | 'desc';
  status?: TokenStatus[] | undefined;
  q?: string | undefined;
  /** Only the token stored under one of these digests. */
  digests?: readonly TokenDigest[] | undefined;
}

export interface TokenPage {
  tokens: TokenListRow[];
  total: number;
  counts: { all: number; active: number; disabled: number; expired: number; revoked: number };
}

/**
 * Tokens: the write model with its audit rows (same transaction), and the lists. Unknown ids are
 * `OperationError('NOT_FOUND')`; re-enabling or otherwise changing the state of a revoked token is `CONFLICT`.
 */
export interface TokenStore {
  create(token: NewToken, actor: Actor): Promise<TokenView>;
  get(id: number): Promise<TokenView>;
  list(query: TokenQuery): Promise<TokenPage>;
  update(id: number, patch: TokenPatch, actor: Actor): Promise<TokenView>;
  /** In one transaction; unknown and revoked ids are skipped. */
  setActive(ids: readonly number[], active: boolean, actor: Actor): Promise<{ changed: number[]; skipped: number[] }>;
  /** Permanent; revoking again changes nothing and answers the token. */
  revoke(id: number, actor: Actor): Promise<TokenView>;
  /** The row, its log rows and its rollups go. */
  delete(id: number, actor: Actor): Promise<void>;
  readImpact(id: number): Promise<{ requestsLastHour: number; addressesLastHour: number; lastUsedAt: string | null }>;
}
