import type { RandomBytes } from '../token/token-text.ts';

const PREFIX = 'evt_';

/**
 * A new event id: `evt_` and the 32 hex digits of a UUID version 7 (RFC 9562 §5.7), so that ids sort by their millisecond.
 * @param now epoch milliseconds.
 * @param randomBytes where the randomness comes from. Default: the platform's cryptographic generator.
 */
export function createEventId(now: number, randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length))): string {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, '0').slice(-12);
  const random = Array.from(randomBytes(10), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = (0x8 | (Number.parseInt(random[3] ?? '0', 16) & 0x3)).toString(16);
  return `${PREFIX}${time}7${random.slice(0, 3)}${variant}${random.slice(4, 19)}`;
}
