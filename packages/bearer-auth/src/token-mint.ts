import { createTokenText, type ImportedKinds, type TokenDigest } from '@latchkey/core';
import type { TokenDigester } from './token-digester.ts';

/** How token texts are made and digested, for the side that issues them. */
export interface TokenMint {
  /** A new text `<prefix><random><checksum>`; throws a RangeError for a prefix that is not like `lk_live_`. */
  generate(prefix: string): string;
  /** The digest that is stored for a new text: under the newest secret. */
  digest(text: string): TokenDigest;
  /** Short ids of the token secrets, newest first. */
  readonly versions: readonly number[];
  /** Every digest under which `text` could be stored; empty when it can not be a token. */
  candidates(text: string, imported?: ImportedKinds): readonly TokenDigest[];
}

/** A mint whose tokens the guard with the same digester accepts. */
export function createTokenMint(digester: TokenDigester): TokenMint {
  const { digest, versions, candidates } = digester;
  return { generate: (prefix) => createTokenText(prefix), digest, versions, candidates };
}
