import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 16;
const ENDINGS = Array.from({ length: ALPHABET.length ** 2 }, (_, number) => number.toString(36).padStart(2, '0'));
/** The largest multiple of 36 that fits a byte: bytes from here on are drawn again, so that every character is equally likely. */
const REJECT_FROM = 252;

/**
 * Ids for requests: 18 characters of 0–9 and a–z. The first 16 are random, 82 bits, and drawn anew after 1,296 ids; the last two count, so that
 * an id costs no more than joining two strings. Unique over any number of processes for all practical purposes. Whoever knows one can
 * guess its neighbours: an id is a name, and opens nothing.
 */
export function createRequestIds(): () => string {
  let block = '';
  let next = ENDINGS.length;
  return () => {
    if (next === ENDINGS.length) {
      block = drawBlock();
      next = 0;
    }
    return block + (ENDINGS[next++] ?? '');
  };
}

function drawBlock(): string {
  let text = '';
  while (text.length < RANDOM_LENGTH) {
    for (const byte of randomBytes(RANDOM_LENGTH - text.length)) if (byte < REJECT_FROM) text += ALPHABET[byte % ALPHABET.length];
  }
  return text;
}
