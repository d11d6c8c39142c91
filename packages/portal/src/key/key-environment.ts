import { capitalised } from './key-type.ts';

/** Prefix, 36 random characters and 6 of checksum: all that can be read off a text without asking anybody. */
const TOKEN = /^([a-z][a-z0-9]*(?:_[a-z0-9]+)*)_[0-9A-Za-z]{42}$/;

/** "Test", "Live", or the environment's own name with a capital; "Default" for a key without one (S2-108). */
export function environmentLabel({ environment }: { readonly environment: string | null }): string {
  return environment === null ? 'Default' : capitalised(environment);
}

/**
 * The environment that a token's text names (S2-111): the last word of a prefix of two words or more, `sk_test_…` → `test`. `null`
 * where the prefix has one word (`ak_…`), and for what is not a token. It is the segment of the prefix, which a deployment may have
 * chosen differently from the environment's name.
 */
export function environmentFromToken(token: string): string | null {
  const words = TOKEN.exec(token)?.[1]?.split('_') ?? [];
  return words.length < 2 ? null : (words.at(-1) ?? null);
}

/** "Test mode", "Live mode", …, "Default" (S2-112). */
export function environmentLabelFromToken(token: string): string {
  const environment = environmentFromToken(token);
  return environment === null ? 'Default' : `${capitalised(environment)} mode`;
}
