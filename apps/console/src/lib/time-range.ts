import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { z } from 'zod';
import { useNow } from './clock.ts';
import { usePreferences } from './preferences.ts';
import { usePatchSearch } from './use-patch-search.ts';
import { addBuckets, type Bucket, bucketMs, floorToBucket, isTimeZone, localTimeZone } from './zoned-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_MS = 366 * DAY_MS;

/** Offered spans: how long, and in which buckets they can be drawn (the first is the default). */
export const RANGES = {
  '6h': { label: 'Last 6 hours', ms: 6 * HOUR_MS, buckets: ['hour'] },
  '24h': { label: 'Last 24 hours', ms: DAY_MS, buckets: ['hour'] },
  '7d': { label: 'Last 7 days', ms: 7 * DAY_MS, buckets: ['6h', 'hour', 'day'] },
  '30d': { label: 'Last 30 days', ms: 30 * DAY_MS, buckets: ['day', '6h'] },
  '90d': { label: 'Last 90 days', ms: 90 * DAY_MS, buckets: ['day'] },
} as const satisfies Record<string, { label: string; ms: number; buckets: readonly [Bucket, ...Bucket[]] }>;

export type RangePreset = keyof typeof RANGES;
export const DEFAULT_RANGE: RangePreset = '24h';

const presetSchema = z.enum(['6h', '24h', '7d', '30d', '90d']);
const instantSchema = z.iso.datetime({ offset: true });

/** What every screen's URL may say about time. Defaults are left out; what cannot be read is ignored. */
export const timeRangeSearchSchema = z.object({
  range: presetSchema.optional().catch(undefined),
  from: instantSchema.optional().catch(undefined),
  to: instantSchema.optional().catch(undefined),
  bucket: z.enum(['hour', '6h', 'day']).optional().catch(undefined),
  tz: z.string().refine(isTimeZone).optional().catch(undefined),
});
export type TimeRangeSearch = z.infer<typeof timeRangeSearchSchema>;

export interface TimeRange {
  /** A preset, or `custom` between `from` and `to`. */
  readonly range: RangePreset | 'custom';
  /** `[from, to)`, ISO-8601 UTC, on bucket boundaries (`from`: the first full hour after one): equal views share their cached answers. */
  readonly from: string;
  readonly to: string;
  readonly bucket: Bucket;
  readonly bucketChoices: readonly Bucket[];
  readonly timeZone: string;
  /** The range ends now: what it shows still grows. */
  readonly live: boolean;
}

/** Reads the time range of a URL at `now` (epoch ms). */
export function resolveTimeRange(search: TimeRangeSearch, defaultZone: string, now: number): TimeRange {
  const timeZone = search.tz ?? defaultZone;
  const custom = readCustom(search);
  if (custom) return resolveCustom(custom, search.bucket, timeZone, now);
  const range = search.range ?? DEFAULT_RANGE;
  const { ms, buckets } = RANGES[range];
  const bucket = chooseBucket(buckets, search.bucket);
  const end = addBuckets(floorToBucket(now, bucket, timeZone), 1, bucket, timeZone);
  const start = addBuckets(end, -ms / bucketMs(bucket), bucket, timeZone);
  return { range, from: toIso(firstHour(start)), to: toIso(end), bucket, bucketChoices: buckets, timeZone, live: true };
}

function readCustom({ from, to }: TimeRangeSearch): { from: number; to: number } | null {
  if (!from || !to) return null;
  const span = { from: Date.parse(from), to: Date.parse(to) };
  return span.to > span.from && span.to - span.from <= LONGEST_MS ? span : null;
}

function resolveCustom(span: { from: number; to: number }, wanted: Bucket | undefined, timeZone: string, now: number): TimeRange {
  const choices = bucketsForSpan(span.to - span.from);
  const bucket = chooseBucket(choices, wanted);
  const start = floorToBucket(span.from, bucket, timeZone);
  const lastStart = floorToBucket(span.to - 1, bucket, timeZone);
  const end = addBuckets(lastStart, 1, bucket, timeZone);
  return { range: 'custom', from: toIso(firstHour(start)), to: toIso(end), bucket, bucketChoices: choices, timeZone, live: end > now };
}

/** The first hour that counts to a bucket: usage is summed by the hour in UTC, and in zones that are half an hour off midnight lies within one. */
function firstHour(start: number): number {
  return Math.ceil(start / HOUR_MS) * HOUR_MS;
}

/** Buckets that give a readable chart: at most about 200. */
function bucketsForSpan(ms: number): readonly [Bucket, ...Bucket[]] {
  if (ms <= 2 * DAY_MS) return ['hour'];
  if (ms <= 8 * DAY_MS) return ['6h', 'hour', 'day'];
  if (ms <= 45 * DAY_MS) return ['day', '6h'];
  return ['day'];
}

function chooseBucket(choices: readonly [Bucket, ...Bucket[]], wanted: Bucket | undefined): Bucket {
  return wanted && choices.includes(wanted) ? wanted : choices[0];
}

function toIso(instant: number): string {
  return new Date(instant).toISOString();
}

/** The time range that all screens share; it lives in the URL. */
export function useTimeRange(): TimeRange & { setRange: (change: TimeRangeSearch) => void } {
  const search: TimeRangeSearch = useSearch({ strict: false });
  const [preferences] = usePreferences();
  const now = useNow();
  const { range, from, to, bucket, tz } = search;
  const zone = preferences.timeZone ?? localTimeZone();
  // Resolved anew only when the current hour ends: the bounds, and with them every query key, stay the same in between.
  const hour = floorToBucket(now, 'hour', 'UTC');
  const resolved = useMemo(() => resolveTimeRange({ range, from, to, bucket, tz }, zone, hour), [range, from, to, bucket, tz, zone, hour]);
  const patch = usePatchSearch<TimeRangeSearch>();
  const setRange = (change: TimeRangeSearch) => patch(withoutDefaults(change));
  return { ...resolved, setRange };
}

function withoutDefaults(search: TimeRangeSearch): TimeRangeSearch {
  return search.range === DEFAULT_RANGE ? { ...search, range: undefined } : search;
}

/** Refetch interval of what the range shows: while it ends now, and the tab is looked at (TanStack Query pauses hidden tabs). */
export function liveInterval(live: boolean): number | false {
  return live ? 5000 : false;
}

/** `staleTime` of what the range shows: what is past does not change. */
export function rangeStaleTime(live: boolean): number {
  return live ? 10_000 : 60_000;
}
