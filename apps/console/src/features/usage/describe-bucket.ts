import { formatDateTime, formatDay, formatOffset, formatTime } from '../../lib/format.ts';
import { addBuckets, type Bucket } from '../../lib/zoned-time.ts';

/** Axis label: hours as `14:05`, the first bucket of a day and day buckets as `22 Nov`. */
export function labelTick(iso: string, bucket: Bucket, timeZone: string): string {
  const time = formatTime(iso, timeZone);
  return bucket === 'day' || time === '00:00' ? formatDay(iso, timeZone) : time;
}

/** Tooltip title: `22 Nov 2026, 14:00–15:00 UTC+1`. */
export function describeBucket(iso: string, bucket: Bucket, timeZone: string): string {
  const offset = formatOffset(iso, timeZone);
  if (bucket === 'day') return `${formatDateTime(iso, timeZone).split(',')[0]} (${offset})`;
  const end = new Date(addBuckets(Date.parse(iso), 1, bucket, timeZone)).toISOString();
  return `${formatDateTime(iso, timeZone)}–${formatTime(end, timeZone)} ${offset}`;
}

/** Whether the bucket still grows at `now` (epoch ms). */
export function isPartial(iso: string, bucket: Bucket, timeZone: string, now: number): boolean {
  const start = Date.parse(iso);
  return start <= now && now < addBuckets(start, 1, bucket, timeZone);
}
