import type { TokenDigest, TokenRecord } from './token-record.ts';

/** News from the token store. `resync`: anything may have changed; `disconnected`: changes can not be heard until `resync`. */
export type TokenChange =
  | { readonly kind: 'changed'; readonly tokenId: number; readonly version: number }
  | { readonly kind: 'resync' }
  | { readonly kind: 'disconnected' };

/**
 * Where the guard finds tokens (port).
 * `findByDigest` answers `null` for a token that does not exist, and rejects when the store can not be asked –
 * the guard then answers 503, never 401.
 */
export interface TokenSource {
  findByDigest(candidates: readonly TokenDigest[]): Promise<TokenRecord | null>;
  /** Calls `listener` on every change from now on; the returned function ends that. */
  subscribe(listener: (change: TokenChange) => void): () => void;
}
