import { formatDateTime, formatDay, formatOffset, formatTime } from '../../lib/format.ts';
import { addBuckets, type Bucket, bucketMs } from '../../lib/zoned-time.ts';

/** Axis label: hours as `14:05`, the first bucket of a day and day buckets as `22 Nov`. */
export function labelTick(iso: string, bucket: Bucket, timeZone: string): string {
  return bucket === 'day' || opensDay(iso, timeZone) ? formatDay(iso, timeZone) : formatTime(iso, timeZone);
}

/** The first hour of a day begins at 00:30 where a zone is half an hour off. */
function opensDay(iso: string, timeZone: string): boolean {
  return formatTime(iso, timeZone).startsWith('00:');
}

/** Where the axis has labels: over several days only at midnights; `undefined`: wherever there is room. */
export function chooseDayTicks(points: readonly { at: string }[], bucket: Bucket, timeZone: string): string[] | undefined {
  const hours = points.length * (bucketMs(bucket) / 3_600_000);
  if (bucket === 'day' || hours <= 48) return undefined;
  return points.map((point) => point.at).filter((at) => opensDay(at, timeZone));
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
