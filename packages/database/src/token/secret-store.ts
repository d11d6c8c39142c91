import type { DigestAlgorithm, TokenDigest } from '@latchkey/core';
import type { Actor } from '../admin/actor.ts';
import type { NewSecret, TokenView } from './token-store.ts';

/**
 * `current`: the one that nothing came after. `overlapping`: an older one that still works, until `endsAt`. `ended`: its overlap is
 * over. `revoked`: ended by hand.
 */
export type SecretState = 'current' | 'overlapping' | 'ended' | 'revoked';

/** One secret of a token as management reads it. Instants are ISO-8601 UTC with milliseconds. Never the text or the digest. */
export interface SecretView {
  id: number;
  state: SecretState;
  prefix: string;
  start: string;
  last4: string;
  createdAt: string;
  createdBy: string | null;
  /** Since when a newer one is the current one. */
  supersededAt: string | null;
  /** End of its overlap, the latest possible one where `quietHours` is set. */
  endsAt: string | null;
  /** It ends earlier once it was not used for so many hours. */
  quietHours: number | null;
  revokedAt: string | null;
  /** How it is stored: imported ones keep their form until they are used for the first time. */
  algorithm: DigestAlgorithm;
  lastUsedAt: string | null;
  /** As `lastUsedAt`, refused requests included; address and user agent are those of this request. */
  lastSeenAt: string | null;
  lastIp: string | null;
  lastUserAgent: string | null;
  requests24h: number;
  requests7d: number;
  totalRequests: number;
}

/** How long the old secret goes on beside the new one. */
export interface Overlap {
  /** At most so long; 0: it ends at once. */
  readonly lengthMs: number;
  /** It ends earlier once it was not used for so long; `null`: it does not. */
  readonly quietMs: number | null;
}

export interface Rotation {
  readonly secret: NewSecret;
  /** The text itself, where its owner may see it again; `null` for every secret. */
  readonly viewableText: string | null;
  readonly overlap: Overlap;
}

/** How many live secrets are stored under a token secret (its version), or unkeyed (version 0). */
export interface SecretCount {
  readonly algorithm: DigestAlgorithm;
  readonly version: number;
  readonly secrets: number;
}

/** By what a secret is known again. */
export interface SecretMarks {
  readonly digests: readonly TokenDigest[];
  /** Those of `NewSecret.importDigest`. */
  readonly importDigests: readonly Uint8Array[];
}

/**
 * The secrets of tokens: rotation with its audit rows (same transaction), and who uses which. Unknown tokens and secrets are
 * `OperationError('NOT_FOUND')`; revoked and expired tokens are `CONFLICT`.
 */
export interface SecretStore {
  /** Oldest first. */
  list(tokenId: number): Promise<SecretView[]>;
  /**
   * Makes `secret` the current one; the one before it goes on for the overlap. A token has at most two live secrets: one that was still
   * overlapping from an earlier rotation ends now, and is answered in `ended`.
   */
  rotate(tokenId: number, rotation: Rotation, actor: Actor): Promise<{ token: TokenView; secrets: SecretView[]; ended: number[] }>;
  /**
   * Ends one secret for good. `CONFLICT` for the last live one: that is a revocation of the token. Where it was the current one, the one
   * before it is current again, without an end. Revoking one that is over already changes nothing.
   */
  revoke(tokenId: number, secretId: number, actor: Actor): Promise<{ token: TokenView; secrets: SecretView[] }>;
  /** For each secret the token that has it already, by a digest of it or by an import of it; `null`: none. */
  findImported(secrets: readonly SecretMarks[]): Promise<(number | null)[]>;
  /** Throws `VALIDATION_ERROR` where so many bcrypt hashes look alike that one more would not be found. */
  refuseCrowdedHints(hint: { start: string; last4: string }): Promise<void>;
  /** Live secrets of tokens that are neither revoked nor expired. */
  count(): Promise<SecretCount[]>;
  /**
   * Ends the overlaps that have been quiet for long enough, each with an audit row, and forgets digests of texts that were digested anew
   * more than a day ago. Answers the tokens whose secrets ended. Several processes may do so at the same time.
   */
  endQuiet(): Promise<number[]>;
}
