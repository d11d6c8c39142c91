import type { TokenRecord, TokenSource } from '@latchkey/core';
import { createBcryptComparer } from './bcrypt-comparer.ts';
import { createTextLookup } from './text-lookup.ts';
import type { TokenDigester } from './token-digester.ts';

/** Finds whose secret a text is, without judging the token. */
export interface TokenFinder {
  /** The token of a presented text as the source has it now, imported ones included; `null`: nobody issued it. Rejects when the source can not be asked. */
  find(text: string): Promise<TokenRecord | null>;
  close(): Promise<void>;
}

/** Longer texts are refused before anything is computed over them (G-20). */
const MAX_TOKEN_LENGTH = 512;

/** Looks texts up as the guard does, and remembers none: for whoever asks about a token seldom and wants to know it as it is. */
export function createTokenFinder({ tokens, digester }: { tokens: TokenSource; digester: TokenDigester }): TokenFinder {
  const comparer = createBcryptComparer();
  const lookup = createTextLookup({ source: tokens, candidates: digester.candidates, comparer });
  return {
    find: async (text) => (text.length > MAX_TOKEN_LENGTH ? null : lookup.find(text)),
    close: () => comparer.close(),
  };
}
