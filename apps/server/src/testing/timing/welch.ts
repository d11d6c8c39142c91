/** Count, mean and variance of what was seen so far, in one pass (Welford), so that a million samples need no memory. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Of the sample, with n − 1. */
  readonly variance: number;
}

export function momentsOf(samples: Iterable<number>): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const sample of samples) {
    count += 1;
    const distance = sample - mean;
    mean += distance / count;
    squares += distance * (sample - mean);
  }
  return { count, mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

/** Welch's t: how many standard errors two means are apart, whatever their variances. Beyond ±4.5 a difference is taken for real (TVLA, dudect). */
export function welchT(a: Moments, b: Moments): number {
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  if (error > 0) return (a.mean - b.mean) / error;
  return a.mean === b.mean ? 0 : Math.sign(a.mean - b.mean) * Number.POSITIVE_INFINITY;
}

/** What lies at or below this share of both samples together; what is above is the machine's noise, which has no mean to speak of. */
export function commonThreshold(a: Float64Array, b: Float64Array, share: number): number {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  all.sort();
  return all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN;
}

/** Welch's t of two samples without what is above their common threshold. */
export function croppedT(a: Float64Array, b: Float64Array, share: number): number {
  const threshold = commonThreshold(a, b, share);
  const keep = (sample: number) => sample <= threshold;
  return welchT(momentsOf(a.filter(keep)), momentsOf(b.filter(keep)));
}
