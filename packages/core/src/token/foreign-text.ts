import { parseTokenText } from './token-text.ts';

const PRINTABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const SHORTEST = 16;
const LONGEST = 512;
/** 36 random characters and 6 of checksum. */
const OWN_SECRET = /^[0-9A-Za-z]{42}$/;

/** The shortest and the longest text of another system that is taken over: less is guessed, more does not fit a header everywhere. */
export const FOREIGN_TEXT_LENGTH = { min: SHORTEST, max: LONGEST } as const;

/**
 * Whether a text can be the token of another system: printable ASCII, 16 to 512 characters, no space at either end. One that begins like
 * ours and has the length of ours, but not the checksum, is a mistyped one of ours and nothing else.
 * @param prefixes those of this deployment, such as `lk_live_`.
 */
export function isForeignText(text: string, prefixes: readonly string[]): boolean {
  if (text.length < SHORTEST || text.length > LONGEST || !PRINTABLE.test(text)) return false;
  return parseTokenText(text) !== null || !prefixes.some((prefix) => text.startsWith(prefix) && OWN_SECRET.test(text.slice(prefix.length)));
}
