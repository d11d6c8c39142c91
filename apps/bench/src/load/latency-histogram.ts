/** Counts durations in buckets that grow with them: 128 for each doubling, so that no percentile is off by more than 0.6 %. */
export interface LatencyHistogram {
  record(microseconds: number): void;
  /** The duration that this share (0–1) of all recorded ones does not exceed, in microseconds; `null` while there is none. */
  percentile(share: number): number | null;
}

const PER_DOUBLING = 128;
const DOUBLINGS = 32;

export function createLatencyHistogram(): LatencyHistogram {
  const counts = new Uint32Array(PER_DOUBLING * DOUBLINGS);
  let total = 0;
  return {
    record(microseconds) {
      const bucket = Math.floor(Math.log2(Math.max(microseconds, 1)) * PER_DOUBLING);
      const index = Math.min(bucket, counts.length - 1);
      counts[index] = (counts[index] ?? 0) + 1;
      total += 1;
    },
    percentile(share) {
      if (total === 0) return null;
      const rank = Math.max(1, Math.ceil(share * total));
      let seen = 0;
      const index = counts.findIndex((count) => {
        seen += count;
        return seen >= rank;
      });
      return 2 ** ((index + 0.5) / PER_DOUBLING);
    },
  };
}
