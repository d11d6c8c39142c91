import type { Bucket } from '../../lib/zoned-time.ts';
import { isPartial } from './describe-bucket.ts';
import type { OutcomeCounts } from './outcome.ts';

interface Point extends OutcomeCounts {
  at: string;
}

export interface PeriodTotals {
  requests: number;
  ok: number;
  rateLimited: number;
}

/**
 * The same number of whole buckets of this period and of the one before. The bucket that still fills is left out on both
 * sides: a quarter of an hour is not compared with an hour.
 */
export function comparePeriods(
  current: readonly Point[],
  previous: readonly Point[],
  { bucket, timeZone, now }: { bucket: Bucket; timeZone: string; now: number },
): { current: PeriodTotals; previous: PeriodTotals } {
  const whole = current.filter((point) => !isPartial(point.at, bucket, timeZone, now) && Date.parse(point.at) <= now).length;
  return { current: total(current.slice(0, whole)), previous: total(previous.slice(0, whole)) };
}

function total(points: readonly Point[]): PeriodTotals {
  const sum = (key: keyof PeriodTotals) => points.reduce((all, point) => all + point[key], 0);
  return { requests: sum('requests'), ok: sum('ok'), rateLimited: sum('rateLimited') };
}
