import { maskToken } from './mask-token.ts';

export interface TokenDataSource {
  readonly prefix: string;
  readonly last4: string;
  readonly keyType: string | null;
  readonly environment: string | null;
}

/** Everything a page may want to show of a key's text (S2-101). */
export interface TokenData {
  readonly masked: string;
  /** The text of a key that was just made; `null` from then on (S2-069). */
  readonly full: string | null;
  /** The text of a key that its owner may see again; `null` for every secret (S2-072). */
  readonly viewable: string | null;
  readonly type: string | null;
  readonly environment: string | null;
}

/** @param texts what the server gave of the text: after creation, or of a key that may be seen again. */
export function tokenData(key: TokenDataSource, texts: { full?: string | null; viewable?: string | null } = {}): TokenData {
  return {
    masked: maskToken(key),
    full: texts.full ?? null,
    viewable: texts.viewable ?? null,
    type: key.keyType,
    environment: key.environment,
  };
}
