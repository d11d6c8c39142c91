import { randomBytes } from 'node:crypto';

/** The windows of all threads of one process. Goes to a thread as it is: in `workerData`, or by message. */
export interface SharedCounterMemory {
  readonly buffer: SharedArrayBuffer;
  readonly stripes: number;
  readonly slotsPerStripe: number;
  /** Makes the places of keys unguessable, so that nobody can choose keys that get into each other's way. */
  readonly seed: string;
}

/** Bounds of the memory that threads count in. */
export interface SharedCounterMemoryOptions {
  /**
   * How many windows may be open at once. Default 1,000,000. Addresses are reserved for all of them (64 bytes each), memory is used as they
   * are opened.
   */
  readonly maxKeys?: number;
  /** Parts with a lock each, a power of two. Default 64, fewer where `maxKeys` is small. */
  readonly stripes?: number;
}

/** The memory layout of one stripe, in words of four bytes: its own figures, the heads of its chains, its slots. */
export interface Layout {
  readonly buckets: number;
  readonly slotsAt: number;
  readonly stripeWords: number;
}

/** One cache line, so that threads at work in two stripes do not slow each other. */
export const STRIPE_HEAD_WORDS = 16;
/** One cache line as well. */
export const SLOT_WORDS = 16;

/**
 * Where keys are spread over stripes by chance some get more than their share. This much more room – eight standard deviations – keeps a
 * stripe from filling up before `maxKeys` are open.
 */
function slotsFor(maxKeys: number, stripes: number): number {
  if (stripes === 1) return maxKeys;
  const share = maxKeys / stripes;
  return Math.ceil(share + 8 * Math.sqrt(share) + 8);
}

/** Words are numbered with 32 bits and a sign: of more memory a part would be counted in the place of another, or nowhere. */
const MAX_WORDS = 0x7fff_ffff;

/** @throws RangeError for bounds that can not be; the message says what to change. */
export function createSharedCounterMemory(options: SharedCounterMemoryOptions = {}): SharedCounterMemory {
  const { maxKeys = 1_000_000 } = options;
  if (!Number.isInteger(maxKeys) || maxKeys < 1) throw new RangeError('maxKeys must be a whole number of at least 1.');
  const { stripes = maxKeys >= 10_000 ? 64 : 1 } = options;
  if (!Number.isInteger(stripes) || stripes < 1 || (stripes & (stripes - 1)) !== 0) throw new RangeError('stripes must be a power of two.');
  const slotsPerStripe = slotsFor(maxKeys, stripes);
  const words = stripes * layoutOf(slotsPerStripe).stripeWords;
  if (words > MAX_WORDS) throw new RangeError(`maxKeys must be smaller than ${maxKeys}: about 100,000,000 windows fit.`);
  return { buffer: new SharedArrayBuffer(words * 4), stripes, slotsPerStripe, seed: randomBytes(16).toString('hex') };
}

export function layoutOf(slotsPerStripe: number): Layout {
  const buckets = 2 ** Math.max(4, Math.ceil(Math.log2(slotsPerStripe)));
  const slotsAt = STRIPE_HEAD_WORDS + buckets;
  return { buckets, slotsAt, stripeWords: slotsAt + slotsPerStripe * SLOT_WORDS };
}
