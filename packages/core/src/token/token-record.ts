import type { TokenQuota } from '../limit/quota.ts';
import type { NamedLimit, RateLimit } from '../limit/rate-limit.ts';

/** How a stored digest was made. New rows are `hmac-sha256`; the others come in by import and keep working. */
export type DigestAlgorithm = 'hmac-sha256' | 'sha256' | 'bcrypt';

/** A candidate digest of a presented token: what the store is asked for. */
export interface TokenDigest {
  readonly algorithm: DigestAlgorithm;
  /** Version of the token secret that keyed an HMAC (a short id of the secret, not the secret); 0 for unkeyed algorithms. */
  readonly secretVersion: number;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

/** Rules on trial: requests are judged by them beside the real ones, and what they would refuse is noted. `null`: as it is. */
export interface TokenTrial {
  /** `[]` allows every endpoint. */
  readonly allowedEndpoints: readonly string[] | null;
  readonly scopes: readonly string[] | null;
  readonly rateLimit: RateLimit | null;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** What the guard needs to know of a token to decide about a request. All instants are epoch milliseconds. */
export interface TokenRecord {
  readonly id: number;
  /** Rises with every change of the row; a load that started before a change never overwrites it. */
  readonly version: number;
  readonly name: string | null;
  readonly configId: string;
  readonly ownerType: string | null;
  readonly ownerId: string | null;
  readonly keyType: string | null;
  readonly environment: string | null;
  readonly active: boolean;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** `null` or `[]` allow every endpoint (S4-049). */
  readonly allowedEndpoints: readonly string[] | null;
  /** `[]` holds no scope (S1-20). */
  readonly scopes: readonly string[];
  readonly permissions: Readonly<Record<string, readonly string[]>> | null;
  /** `null`: not limited. */
  readonly rateLimit: RateLimit | null;
  /** Rules that are watched without being enforced; `null`: none. */
  readonly trial: TokenTrial | null;
  /** Further limits that hold together with `rateLimit`. */
  readonly limits: readonly NamedLimit[];
  /** `null`: any number of requests. */
  readonly quota: TokenQuota | null;
  /** Addresses and CIDR ranges it may be used from; `null` or `[]`: any. */
  readonly allowedIps: readonly string[] | null;
  /** Never served from a cache that cannot hear the database. */
  readonly strict: boolean;
  /** The secret by which it was found: a token has two while one of them is rotated out. Limits and history are the token's. */
  readonly secretId: number;
  /** From when on this secret no longer works, whatever the token does: the end of an overlap, or its own revocation. `null`: never. */
  readonly secretExpiresAt: number | null;
  /** Version of the token secret that keys the stored digest; 0: none does, as with imported ones. */
  readonly secretVersion: number;
}
