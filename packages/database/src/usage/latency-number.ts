import { put16, put32 } from './binary-value.ts';

/**
 * A latency histogram is stored as one `numeric`: twelve decimal digits a bucket, those of the first bucket last, so that the count of
 * bucket b is multiplied by 10^(12 · b). Histograms are added up by adding these numbers; 64 columns cost an upsert three times as much.
 */
const DIGITS = 12;
/** `numeric` keeps four decimal digits in two bytes, from the first that is not zero to the last: empty buckets on either side take no room. */
const GROUP = 10_000;
const GROUPS = DIGITS / 4;
const HEADER_BYTES = 8;
const [POSITIVE, NO_DECIMALS] = [0, 0];

/** Room that `writeLatency` needs at most. */
export function mostLatencyBytes(counts: readonly number[]): number {
  return 4 + HEADER_BYTES + counts.length * GROUPS * 2;
}

/** numeric_send, behind its length: how many groups of digits, the power of 10,000 of the first, sign, decimals, the groups. */
export function writeLatency(out: Buffer, at: number, counts: readonly number[]): number {
  const first = Math.max(0, counts.findIndex(isCounted));
  const groups = (counts.length - first) * GROUPS;
  let end = put16(out, put32(out, at, HEADER_BYTES + groups * 2), groups);
  end = put16(out, end, counts.length * GROUPS - 1);
  end = put16(out, put16(out, end, POSITIVE), NO_DECIMALS);
  for (let bucket = counts.length - 1; bucket >= first; bucket -= 1) end = writeCount(out, end, counts[bucket] ?? 0);
  return end;
}

function isCounted(count: number): boolean {
  return count > 0;
}

function writeCount(out: Buffer, at: number, count: number): number {
  const thousands = Math.floor(count / GROUP);
  const millions = Math.floor(thousands / GROUP);
  return put16(out, put16(out, put16(out, at, millions), thousands - millions * GROUP), count - thousands * GROUP);
}

/** Counts by bucket from the decimal text of such a number, `null` for none; empty buckets behind the last one may be missing. */
export function parseLatency(text: string | null): number[] {
  const counts: number[] = [];
  if (text === null) return counts;
  for (let end = text.length; end > 0; end -= DIGITS) counts.push(Number(text.slice(Math.max(0, end - DIGITS), end)));
  return counts;
}

/** SQL for what is left of one such number without another one, no bucket below zero. Only the buckets that `gone` has are looked at. */
export function latencyWithout(all: string, gone: string): string {
  const count = (latency: string) => `mod(div(${latency}, unit), 1e${DIGITS})`;
  const digits = `length(${gone}::text)`;
  const first = `(${digits} - length(rtrim(${gone}::text, '0'))) / ${DIGITS}`;
  return `${all} - (select coalesce(sum(least(${count(all)}, ${count(gone)}) * unit), 0) from (
      select ('1e' || ${DIGITS} * bucket)::numeric as unit from generate_series(${first}, (${digits} - 1) / ${DIGITS}) as bucket) as units)`;
}
