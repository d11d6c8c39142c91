const HOUR_MS = 3_600_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock in `timeZone` shows at `instant`, as if it were UTC (epoch ms). */
export function toWallClock(instant: number, timeZone: string): number {
  const parts = Object.fromEntries(
    clockOf(timeZone)
      .formatToParts(instant)
      .map((part) => [part.type, Number(part.value)]),
  );
  return Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day ?? 1, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0);
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** The instant at which a clock in `timeZone` shows `wallClock`. In the gap of a spring change: the first instant after it. */
export function fromWallClock(wallClock: number, timeZone: string): number {
  const guess = wallClock - (toWallClock(wallClock, timeZone) - wallClock);
  const error = toWallClock(guess, timeZone) - wallClock;
  return error === 0 ? guess : guess - error;
}

export type Bucket = 'hour' | '6h' | 'day';

/** Start of the bucket that holds `instant`. Hours are counted in UTC; `6h` and `day` begin at the zone's own midnight. */
export function floorToBucket(instant: number, bucket: Bucket, timeZone: string): number {
  if (bucket === 'hour') return Math.floor(instant / HOUR_MS) * HOUR_MS;
  const size = bucketMs(bucket);
  const wallClock = toWallClock(instant, timeZone);
  return fromWallClock(Math.floor(wallClock / size) * size, timeZone);
}

/** The bucket boundary `count` buckets after the boundary `start`, counted on the zone's own calendar. */
export function addBuckets(start: number, count: number, bucket: Bucket, timeZone: string): number {
  if (bucket === 'hour') return start + count * HOUR_MS;
  const size = bucketMs(bucket);
  return fromWallClock(toWallClock(start, timeZone) + count * size, timeZone);
}

/** Whether the browser knows the zone; names come from the URL. */
export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The zone of this browser. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Nominal length of a bucket in milliseconds; on days of a clock change a bucket is an hour longer or shorter. */
export function bucketMs(bucket: Bucket): number {
  return { hour: HOUR_MS, '6h': 6 * HOUR_MS, day: 24 * HOUR_MS }[bucket];
}

/** Names to choose from, UTC first. */
export const TIME_ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
