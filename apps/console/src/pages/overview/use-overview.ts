import { keepPreviousData } from '@tanstack/react-query';
import { liveInterval, rangeStaleTime, type TimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { addBuckets, bucketMs } from '../../lib/zoned-time.ts';

/** How queries of a range behave: the old answer stays until the new one is there, and what still grows is asked for again. */
export function rangeOptions({ live }: TimeRange) {
  return { placeholderData: keepPreviousData, staleTime: rangeStaleTime(live), refetchInterval: liveInterval(live) } as const;
}

/** Totals and buckets of the range, and the buckets of as long a time before it. */
export function useOverview(time: TimeRange) {
  const { from, to, bucket, timeZone } = time;
  const count = Math.round((Date.parse(to) - Date.parse(from)) / bucketMs(bucket));
  const before = new Date(addBuckets(Date.parse(from), -count, bucket, timeZone)).toISOString();
  const summary = trpc.usage.summary.useQuery({ from, to }, rangeOptions(time));
  const series = trpc.usage.series.useQuery({ from, to, bucket, timeZone }, rangeOptions(time));
  // What is over does not change: asked for once.
  const previous = trpc.usage.series.useQuery({ from: before, to: from, bucket, timeZone }, { staleTime: 300_000 });
  return { summary, series, previous };
}
