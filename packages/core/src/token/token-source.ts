import type { TokenDigest, TokenRecord } from './token-record.ts';

/**
 * News from the token store. `resync`: anything may have changed; `disconnected`: changes can not be heard until `resync` or `resumed` – and
 * could not be for the last `silentMs` milliseconds (default 0), because a wire that went dead says nothing; `resumed`: they can again, and
 * none was lost.
 */
export type TokenChange =
  | { readonly kind: 'changed'; readonly tokenId: number; readonly version: number }
  | { readonly kind: 'resync' }
  | { readonly kind: 'disconnected'; readonly silentMs?: number }
  | { readonly kind: 'resumed' };

/**
 * Told of every change. One that needs time to pass a change on answers a promise: the change counts as applied once that resolves. Whoever
 * can not apply it leaves the promise open, and the process does not acknowledge.
 */
export type TokenChangeListener = (change: TokenChange) => void | Promise<void>;

/** What other systems' secrets there are: whether texts of any shape are tokens, and by which digests they are stored. */
export interface ImportedKinds {
  readonly foreign: boolean;
  readonly sha256: boolean;
  readonly bcrypt: boolean;
}

/** For look-ups that do not depend on what was imported: a text of any shape, by every digest that can be computed of it. */
export const EVERY_IMPORTED_KIND: ImportedKinds = { foreign: true, sha256: true, bcrypt: true };

/** A bcrypt hash that could be of a text, and the token it stands for. */
export interface BcryptCandidate {
  readonly hash: string;
  readonly record: TokenRecord;
}

/** The secrets that came from other systems. */
export interface ImportedSecrets {
  /** At once where it is known; never out of date while changes are heard. */
  kinds(): ImportedKinds | Promise<ImportedKinds>;
  /** The few hashes whose text could begin with one of `starts` and end in `last4`. */
  findBcrypt(hint: { readonly starts: readonly string[]; readonly last4: string }): Promise<readonly BcryptCandidate[]>;
}

/**
 * Where the guard finds tokens (port).
 * `findByDigest` answers `null` for a token that does not exist, and rejects when the store can not be asked –
 * the guard then answers 503, never 401.
 */
export interface TokenSource {
  findByDigest(candidates: readonly TokenDigest[]): Promise<TokenRecord | null>;
  /** Absent: nothing was imported, and nothing will be. */
  readonly imported?: ImportedSecrets;
  /**
   * Stores a secret anew, under the newest token secret, some time soon. `from` is the version it was found under: where it is another one
   * by then, nothing is done. Absent: digests stay as they are.
   */
  rehash?(secretId: number, from: number, to: TokenDigest): void;
  /** Calls `listener` on every change from now on; the returned function ends that. */
  subscribe(listener: TokenChangeListener): () => void;
}
