/** How many buckets a latency histogram has. Bucket 0 ends at 0.1 ms, the last one begins at 5 minutes. */
export const LATENCY_BUCKETS = 64;

const FIRST_BOUND_US = 100;
const LAST_BOUND_US = 300_000_000;
const BOUNDS_US: readonly number[] = makeBounds();

/**
 * The bucket of a response time in microseconds: 0 … `LATENCY_BUCKETS - 1`. Each bucket is about 27 % wider than the one before,
 * so a percentile is off by at most that. Negative and non-finite values count as the nearest end.
 */
export function latencyBucketOf(durationUs: number): number {
  let low = 0;
  let high = BOUNDS_US.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (durationUs < (BOUNDS_US[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The response time in milliseconds below which the share `quantile` (0 … 1) of the counted requests lies, interpolated inside its
 * bucket; `null` where nothing was counted. Missing trailing buckets count as empty.
 */
export function latencyPercentileMs(counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = Math.min(1, Math.max(0, quantile)) * total;
  let seen = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && seen + count >= wanted) return insideBucketMs(bucket, (wanted - seen) / count);
    seen += count;
  }
  return LAST_BOUND_US / 1000;
}

/** A new histogram with the counts of both, bucket by bucket. */
export function mergeLatencyBuckets(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => (a[bucket] ?? 0) + (b[bucket] ?? 0));
}

function insideBucketMs(bucket: number, share: number): number {
  const from = bucket === 0 ? 0 : (BOUNDS_US[bucket - 1] ?? LAST_BOUND_US);
  const to = BOUNDS_US[bucket] ?? LAST_BOUND_US;
  return (from + (to - from) * share) / 1000;
}

/** The bounds between neighbours, in microseconds: whole numbers, so that a duration never falls on the wrong side by rounding. */
function makeBounds(): number[] {
  const steps = LATENCY_BUCKETS - 2;
  const growth = (LAST_BOUND_US / FIRST_BOUND_US) ** (1 / steps);
  return Array.from({ length: steps + 1 }, (_, step) => Math.round(FIRST_BOUND_US * growth ** step));
}
