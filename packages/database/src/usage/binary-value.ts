/**
 * Values in PostgreSQL's binary format, each behind its length, as COPY and arrays hold them. Each function answers where the value ends
 * in `out`, which must have the room.
 */

// Timestamps travel as microseconds, dates as days since then.
export const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

const TWO_32 = 2 ** 32;

export function writeInt4(out: Buffer, at: number, value: number): number {
  return out.writeInt32BE(value, out.writeInt32BE(4, at));
}

/** In two halves: a BigInt per value would cost more than everything around it. Exact for safe integers. */
export function writeInt8(out: Buffer, at: number, value: number): number {
  const high = Math.floor(value / TWO_32);
  const end = out.writeInt32BE(high, out.writeInt32BE(8, at));
  return out.writeUInt32BE(value - high * TWO_32, end);
}

export function writeText(out: Buffer, at: number, value: string): number {
  const written = out.write(value, at + 4, 'utf8');
  out.writeInt32BE(written, at);
  return at + 4 + written;
}
