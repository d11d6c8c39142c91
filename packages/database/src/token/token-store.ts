import type { DigestAlgorithm, NamedLimit, RateLimit, RateLimitAlgorithm, TokenDigest, TokenRecord } from '@latchkey/core';
import type { Actor } from '../admin/actor.ts';
import type { Owner } from '../owner/owner-store.ts';

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

/** Rules on trial, not enforced: `null` of a member leaves it as it is. */
export interface TrialProposal {
  /** `[]`: every endpoint. */
  allowedEndpoints: string[] | null;
  scopes: string[] | null;
  rateLimit: RateLimit | null;
}
export interface TokenTrialView extends TrialProposal {
  since: string;
  /** Who proposed it. */
  by: string;
}

/** A token as management reads it. Instants are ISO-8601 UTC with milliseconds. Never the digest. */
export interface TokenView {
  id: number;
  name: string | null;
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
  limits: NamedLimit[];
  allowedIps: string[] | null;
  /** Units that no process has leased. */
  remaining: number | null;
  refillAmount: number | null;
  refillInterval: number | null;
  lastRefillAt: string | null;
  /** Which state of the quota this is: it rises when an administrator sets the quota. */
  quotaEpoch: number;
  metadata: Record<string, unknown> | null;
  trial: TokenTrialView | null;
  configId: string;
  /** Whether its text is kept for its owner to see again (S2-185). */
  viewable: boolean;
  notBefore: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  /** A secret that was rotated out, and still works, has been used since. */
  oldSecretInUse: boolean;
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

/** A text by which a token is to be known, as it is stored. `TokenMint` makes one; an import brings one. */
export interface NewSecret {
  prefix: string;
  /** First characters of the whole text: six, or as many as its configuration shows (S3-037). */
  start: string;
  last4: string;
  digest: Uint8Array;
  digestAlgorithm: DigestAlgorithm;
  secretVersion: number;
  /** The text may have any shape, because another system made it; default false. */
  foreignText?: boolean | undefined;
  /** By which an import is known again; default none. */
  importDigest?: Uint8Array | null | undefined;
}

/** A token and its first secret. */
export interface NewToken extends NewSecret {
  name: string | null;
  description: string | null;
  ownerType?: string | null;
  ownerId?: string | null;
  keyType?: string | null;
  environment: string | null;
  configId?: string;
  scopes?: string[];
  permissions?: Record<string, string[]> | null;
  allowedEndpoints: string[] | null;
  /** `null`: not limited. */
  rateLimit: number | null;
  rateLimitWindowMs: number;
  rateLimitAlgorithm: RateLimitAlgorithm;
  rateLimitEnabled?: boolean;
  limits?: NamedLimit[];
  /** Canonical. */
  allowedIps?: string[] | null;
  /** Absent or `null`: any number of requests. */
  remaining?: number | null;
  refillAmount?: number | null;
  /** Milliseconds. */
  refillInterval?: number | null;
  metadata?: Record<string, unknown> | null;
  /** Never served from a cache that can not hear the database. */
  strict?: boolean;
  /** Whether it goes by itself once it has expired (C-18); default: it stays until somebody deletes it. */
  purgeable?: boolean;
  /** The text itself, where its owner may see it again (S2-185…190); `null` for every secret. */
  viewableText?: string | null;
  /** Epoch milliseconds. */
  notBefore?: number | null;
  /** Epoch milliseconds. */
  expiresAt: number | null;
  /** Epoch milliseconds; absent: now. For tokens that come with a past. */
  createdAt?: number | undefined;
}

/** How many active tokens – not revoked, not expired – there may be once this one is made; `null`: any number. */
export interface TokenBounds {
  /** Of the same owner (S2-006). */
  readonly perOwner: number | null;
  /** Of the same owner, key type and environment (S2-196). */
  readonly perType: number | null;
}

export interface ExpiredQuery {
  readonly before: number;
  readonly limit: number;
  readonly dryRun: boolean;
  /** Only tokens of these configurations that may go by themselves (S3-099, C-18). Absent: all. */
  readonly purgeableIn?: readonly string[];
}

/** Absent = unchanged, `null` = cleared. */
export interface TokenPatch {
  name?: string | null;
  description?: string | null;
  active?: boolean;
  rateLimit?: number;
  rateLimitWindowMs?: number;
  rateLimitAlgorithm?: RateLimitAlgorithm;
  rateLimitEnabled?: boolean;
  limits?: NamedLimit[] | null;
  allowedIps?: string[] | null;
  /** Setting any of these ends what was leased; a new refill rule counts its interval from now. */
  remaining?: number | null;
  refillAmount?: number | null;
  /** Milliseconds. */
  refillInterval?: number | null;
  scopes?: string[];
  permissions?: Record<string, string[]> | null;
  allowedEndpoints?: string[] | null;
  metadata?: Record<string, unknown> | null;
  notBefore?: number | null;
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
  /** Only tokens of one owner – and the token of `orTokenId`, whoever owns that. */
  owner?: (Owner & { readonly orTokenId?: number }) | undefined;
  keyType?: string | undefined;
  /** Only of these types, or of all but these; `null`: tokens without a type. */
  keyTypes?: { readonly in: readonly (string | null)[] } | { readonly except: readonly string[] } | undefined;
  environment?: string | undefined;
  configId?: string | undefined;
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
 * `OperationError('NOT_FOUND')`; re-enabling or otherwise changing the state of a revoked token is `CONFLICT`, and so is
 * revoking or deleting a token whose key type is not revocable.
 */
export interface TokenStore {
  /** Rejects with `LIMIT_REACHED` and makes nothing where `bounds` are reached, exactly, however many are made at once. */
  create(token: NewToken, actor: Actor, bounds?: TokenBounds): Promise<TokenView>;
  /** Many at once, or none of them: one transaction, and a few statements. Answers their ids in the same order. Knows no bounds. */
  createAll(tokens: readonly NewToken[], actor: Actor): Promise<number[]>;
  get(id: number): Promise<TokenView>;
  /** As the guard would load it now. */
  getRecord(id: number): Promise<TokenRecord>;
  list(query: TokenQuery): Promise<TokenPage>;
  update(id: number, patch: TokenPatch, actor: Actor): Promise<TokenView>;
  /** In one transaction; unknown and revoked ids are skipped. */
  setActive(ids: readonly number[], active: boolean, actor: Actor): Promise<{ changed: number[]; skipped: number[] }>;
  /** Puts rules on trial from now on, in place of those that were. `CONFLICT` for a revoked token. */
  setTrial(id: number, proposal: TrialProposal, actor: Actor): Promise<TokenView>;
  /** The rules on trial become the token's own. `CONFLICT` where there are none, or not those that were put on trial at `since` (epoch milliseconds). */
  enforceTrial(id: number, since: number | null, actor: Actor): Promise<TokenView>;
  /** Ends the trial; nothing else changes. */
  clearTrial(id: number, actor: Actor): Promise<TokenView>;
  /** Permanent; revoking again changes nothing and answers the token. */
  revoke(id: number, actor: Actor): Promise<TokenView>;
  /** The row, its log rows and its rollups go. */
  delete(id: number, actor: Actor): Promise<void>;
  /** See `OwnerStore.end`. */
  endOwner(owner: Owner, options: { keepHistory: boolean }, actor: Actor): Promise<{ ids: number[] }>;
  /**
   * Deletes tokens that expired before an instant (epoch milliseconds), oldest expiry first, each with its usage in a transaction of its
   * own; at most `limit`. Those whose type is not revocable stay (S2-183). With `dryRun` it only counts.
   */
  deleteExpired(query: ExpiredQuery, actor: Actor): Promise<{ ids: number[]; more: boolean }>;
  /** The text of a token that its owner may see again; `null` for all others. */
  readViewableText(id: number): Promise<string | null>;
  readImpact(id: number): Promise<{ requestsLastHour: number; addressesLastHour: number; lastUsedAt: string | null }>;
}
