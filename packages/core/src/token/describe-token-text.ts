import { parseTokenText } from './token-text.ts';

/** What a text says of itself, without asking any server. */
export type TokenTextDescription =
  | {
      readonly kind: 'token';
      readonly prefix: string;
      readonly last4: string;
    }
  | {
      /** `shape`: not a prefix and 42 base62 characters. `checksum`: the shape of a token, but mistyped, cut or made up. */
      readonly kind: 'shape' | 'checksum';
      readonly message: string;
    };

const SHAPED = new RegExp(`^(?:${tokenPattern()})$`);
/** Of a prefix and what follows it. */
const LONGEST = 74;

/**
 * Tells whether a text can be a token of Latchkey: its prefix, its length, and the checksum at its end. Offline: a good text may still
 * be one that nobody issued, or that was revoked. Blanks around it are no part of it. Never throws, and repeats nothing of the text but
 * prefix and last four characters.
 */
export function describeTokenText(text: string): TokenTextDescription {
  const trimmed = text.trim();
  const parsed = parseTokenText(trimmed);
  if (parsed !== null) return { kind: 'token', prefix: parsed.prefix, last4: parsed.last4 };
  if (trimmed.length <= LONGEST && SHAPED.test(trimmed)) {
    return { kind: 'checksum', message: 'The checksum does not fit: a character is missing, changed or made up.' };
  }
  return { kind: 'shape', message: 'This is not a token: it needs a prefix such as "lk_live_" and 42 letters and digits behind it.' };
}

/**
 * The regular expression by which scanners find tokens in text: for the given prefixes, or for any prefix there can be. Has no anchors
 * and only constructs that every engine knows.
 */
export function tokenPattern(prefixes?: readonly string[]): string {
  const prefix = prefixes === undefined || prefixes.length === 0 ? '[a-z][a-z0-9]*(?:_[a-z0-9]+)*_' : `(?:${prefixes.join('|')})`;
  return `${prefix}[0-9A-Za-z]{42}`;
}
