import { parseTokenText } from '../token/token-text.ts';

const RANDOM_LENGTH = 36;
const SECRET_LENGTH = RANDOM_LENGTH + 6;
const LONGEST_PREFIX = 32;
const IS_BASE62 = Uint8Array.from({ length: 256 }, (_, byte) => Number(/[0-9A-Za-z]/.test(String.fromCharCode(byte))));
const [ZERO, FOUR] = [0x30, 0x34];
const MIXED_CASE = /[a-z].*[A-Z]|[A-Z].*[a-z]/;
const PREFIX_AT_END = /[A-Za-z0-9_-]*$/;
/** Of key types whose tokens may be shown again: every test that has one calls it so. */
const VIEWABLE_PREFIX = /pk_(?:live|test)_$/;

/** A text of a valid token among bytes: never the text itself, so that it can be told. */
export interface FoundTokenText {
  /** Its first byte, prefix apart, from the beginning of all that was searched. */
  readonly at: number;
  /** Whether it is of a public key type (`pk_live_…`), which the database keeps on purpose and nothing else may. */
  readonly isViewable: boolean;
}

export interface TokenTextFinder {
  /** What the next bytes complete. A text may lie across any number of them. */
  push(bytes: Uint8Array): FoundTokenText[];
  /** How much was searched. */
  readonly bytes: number;
}

/**
 * Finds the text of every token that there could be, without knowing one: 36 characters and their checksum, in mixed case, with or without
 * a prefix, as ASCII. A random run of 42 characters passes once in 62⁶ = 5.7 · 10¹⁰ times; hexadecimal digits never do, and 6 of 10⁹ tokens
 * are of one case and missed for that.
 */
export function createTokenTextFinder(): TokenTextFinder {
  let before: Uint8Array = new Uint8Array();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    push(next) {
      const all = before.length === 0 ? next : concat(before, next);
      const found = listSecrets(all).filter((at) => at + SECRET_LENGTH > before.length);
      const start = bytes - before.length;
      bytes += next.length;
      before = all.slice(-(LONGEST_PREFIX + SECRET_LENGTH - 1));
      return found.map((at) => ({ at: start + at, isViewable: VIEWABLE_PREFIX.test(prefixBefore(all, at)) }));
    },
  };
}

/** The same in what is there as a whole. */
export function findTokenTexts(content: Uint8Array | string): FoundTokenText[] {
  return createTokenTextFinder().push(typeof content === 'string' ? new TextEncoder().encode(content) : content);
}

/** Looks at the end of where a text could be first: most bytes are never read. */
function listSecrets(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let from = 0; from + SECRET_LENGTH <= bytes.length; ) {
    const last = lastOther(bytes, from, from + SECRET_LENGTH);
    if (last < from) {
      if (isSecret(bytes, from)) found.push(from);
      from += 1;
    } else {
      from = last + 1;
    }
  }
  return found;
}

/** Where the last byte between the two is that is no letter or digit; before the first where all are. */
function lastOther(bytes: Uint8Array, from: number, to: number): number {
  let index = to - 1;
  while (index >= from && IS_BASE62[bytes[index] as number] === 1) index -= 1;
  return index;
}

/** A checksum has 32 bits, so that its first character is a small digit: that spares 9 of 10 computations. */
function isSecret(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at + RANDOM_LENGTH] as number;
  if (first < ZERO || first > FOUR) return false;
  const text = toText(bytes, at, at + SECRET_LENGTH);
  return MIXED_CASE.test(text) && parseTokenText(text) !== null;
}

function prefixBefore(bytes: Uint8Array, at: number): string {
  return PREFIX_AT_END.exec(toText(bytes, Math.max(0, at - LONGEST_PREFIX), at))?.[0] ?? '';
}

function toText(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
