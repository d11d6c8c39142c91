import { crc32 } from './crc32.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 36;
const CHECKSUM_LENGTH = 6;
const SECRET_LENGTH = RANDOM_LENGTH + CHECKSUM_LENGTH;
const PREFIX = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*_$/;
/** What people choose for single tokens (S3-014). The random part has a fixed length, so that any of these can stand before it. */
const CHOSEN_PREFIX = /^[A-Za-z0-9_-]*$/;
const MAX_PREFIX_LENGTH = 32;
/** The first characters of a whole text by which keys are told apart (S1-10). */
const KEY_PREFIX_LENGTH = 8;
const BASE62 = /^[0-9A-Za-z]+$/;
/** The largest multiple of 62 that fits a byte: bytes from here on are drawn again, so that every character is equally likely. */
const REJECT_FROM = 248;

/** The parts of a token text `<prefix><random><checksum>`. */
export interface TokenText {
  /** `lk_live_`, `lk_test_`, …; `''` where there is none. */
  readonly prefix: string;
  /** 36 base62 characters, 214 bits. */
  readonly random: string;
  /** 6 base62 characters: CRC-32 of `random`. */
  readonly checksum: string;
  readonly last4: string;
}

/** Answers `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * A new token text: `prefix`, 36 base62 characters drawn without bias, and 6 base62 characters of CRC-32 over them.
 * @param prefix letters, digits, `_` and `-`, at most 32 characters, or `''`: `lk_live_`. Anything else throws a RangeError.
 * @param randomBytes where the randomness comes from. Default: the platform's cryptographic generator.
 */
export function createTokenText(prefix: string, randomBytes: RandomBytes = webCryptoBytes): string {
  if (!isChosenPrefix(prefix)) {
    throw new RangeError(`A token prefix is up to ${MAX_PREFIX_LENGTH} of A–Z, a–z, 0–9, "_" and "-"; got ${JSON.stringify(prefix)}.`);
  }
  const random = drawBase62(RANDOM_LENGTH, randomBytes);
  return prefix + random + checksumOf(random);
}

/** The parts of `text` when it has the shape of a token and its checksum fits; otherwise `null`. Says nothing about whether it was issued. */
export function parseTokenText(text: string): TokenText | null {
  if (text.length < SECRET_LENGTH || text.length > MAX_PREFIX_LENGTH + SECRET_LENGTH) return null;
  const prefix = text.slice(0, -SECRET_LENGTH);
  const secret = text.slice(-SECRET_LENGTH);
  if (!isChosenPrefix(prefix) || !BASE62.test(secret)) return null;
  const random = secret.slice(0, RANDOM_LENGTH);
  const checksum = secret.slice(RANDOM_LENGTH);
  return checksumOf(random) === checksum ? { prefix, random, checksum, last4: text.slice(-4) } : null;
}

/** Why `text` can not be a token: its shape, or its checksum; `null` where it could be one. */
export function tokenTextFault(text: string): 'shape' | 'checksum' | null {
  if (parseTokenText(text) !== null) return null;
  const prefix = text.slice(0, -SECRET_LENGTH);
  const isShaped = text.length > SECRET_LENGTH && isTokenPrefix(prefix) && BASE62.test(text.slice(-SECRET_LENGTH));
  return isShaped ? 'checksum' : 'shape';
}

/** How a token is shown where its text must not be: `lk_live_••••abc1`. */
export function maskToken(prefix: string, last4: string): string {
  return `${prefix}••••${last4}`;
}

/** What may be logged of a presented text: `lk_live_...xyz` of a well-formed token (S1-39, C-02), nothing of anything else. */
export function tokenLogForm(text: string): string {
  const parsed = parseTokenText(text);
  return parsed === null ? '(not a token)' : `${text.slice(0, KEY_PREFIX_LENGTH)}...${text.slice(-3)}`;
}

/** Whether a text can be the prefix of the tokens of a deployment or key type: lower-case words, each followed by `_`, at most 32 characters. */
export function isTokenPrefix(prefix: string): boolean {
  return prefix.length <= MAX_PREFIX_LENGTH && PREFIX.test(prefix);
}

/** Whether a text can stand before a single token: up to 32 letters, digits, `_` and `-`; `''` too. */
export function isChosenPrefix(prefix: string): boolean {
  return prefix.length <= MAX_PREFIX_LENGTH && CHOSEN_PREFIX.test(prefix);
}

function checksumOf(random: string): string {
  let rest = crc32(random);
  let text = '';
  for (let position = 0; position < CHECKSUM_LENGTH; position++) {
    text = (ALPHABET[rest % 62] ?? '') + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

function drawBase62(length: number, randomBytes: RandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < REJECT_FROM) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

function webCryptoBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
