/**
 * Values in PostgreSQL's binary format, each behind its length, as COPY and arrays hold them. Each function answers where the value ends
 * in `out`, which must have the room. Bytes are written one by one: of so many small values the calls of `Buffer`'s own methods would be
 * most of the cost.
 */

// Timestamps travel as microseconds, dates as days since then.
export const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

const TWO_32 = 2 ** 32;
/** Up to here a loop over the characters beats a call out of JavaScript. */
const SHORT_TEXT = 48;

export function writeInt2(out: Buffer, at: number, value: number): number {
  return put16(out, put32(out, at, 2), value);
}

export function writeInt4(out: Buffer, at: number, value: number): number {
  return put32(out, put32(out, at, 4), value);
}

/** In two halves: a BigInt per value would cost more than everything around it. Exact for safe integers. */
export function writeInt8(out: Buffer, at: number, value: number): number {
  const high = Math.floor(value / TWO_32);
  return put32(out, put32(out, put32(out, at, 8), high), value - high * TWO_32);
}

export function writeText(out: Buffer, at: number, value: string): number {
  const end = at + 4;
  const written = writeShortAscii(out, end, value) ? value.length : out.write(value, end, 'utf8');
  put32(out, at, written);
  return end + written;
}

export function put16(out: Buffer, at: number, value: number): number {
  out[at] = value >> 8;
  out[at + 1] = value;
  return at + 2;
}

export function put32(out: Buffer, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}

/** `false`, and nothing that counts written, where the text is long or holds anything else. */
function writeShortAscii(out: Buffer, start: number, value: string): boolean {
  if (value.length > SHORT_TEXT) return false;
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if (unit > 0x7f) return false;
    out[start + at] = unit;
  }
  return true;
}
