const LOCALE = 'en';
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat(LOCALE);
const oneDigit = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });

/** Stands for "nothing was measured"; a real zero is shown as 0. */
export const NO_DATA = '—';

/** Below this many calls a percentage says more than is known. */
export const FEWEST_FOR_PERCENT = 20;

/** `12.5K`, for tiles and axes. */
export function formatCount(count: number): string {
  return Math.abs(count) < 10_000 ? exact.format(count) : compact.format(count);
}

/** `12,480`, for tables and tooltips. */
export function formatExact(count: number): string {
  return exact.format(count);
}

/** `412 ms`, from one second on `1.24 s`; under 10 ms one decimal. */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NO_DATA;
  if (ms >= 1000) return `${twoDigits.format(ms / 1000)} s`;
  return `${ms < 10 ? oneDigit.format(ms) : Math.round(ms)} ms`;
}

/** `98.1 %`; with fewer than 20 calls `3 of 7`; without any `—`. Never rounds a failure away: 99.96 % is not 100 %. */
export function formatPercent(count: number, total: number): string {
  if (total === 0) return NO_DATA;
  if (total < FEWEST_FOR_PERCENT) return `${exact.format(count)} of ${exact.format(total)}`;
  return formatShare(count, total);
}

/** As `formatPercent`, without the rule about few calls: for shares of a sum, where no conclusion hangs on it. */
export function formatShare(count: number, total: number): string {
  if (total === 0) return NO_DATA;
  const percent = (count / total) * 100;
  if (count < total && percent > 99.95) return '>99.9 %';
  if (count > 0 && percent < 0.05) return '<0.1 %';
  return `${oneDigit.format(percent)} %`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 MB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), SIZES.length - 1);
  return `${oneDigit.format(bytes / 1000 ** power)} ${SIZES[power]}`;
}

const SPANS: readonly [unit: string, ms: number][] = [
  ['y', 365 * 86_400_000],
  ['mo', 30 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** `3 min ago`, `in 7 d`; within five seconds `just now`; `null`: `never`. */
export function formatRelative(iso: string | null, now: number = Date.now()): string {
  if (iso === null) return 'never';
  const difference = Date.parse(iso) - now;
  const distance = Math.abs(difference);
  if (distance < 5000) return 'just now';
  const text = formatSpan(distance);
  return difference < 0 ? `${text} ago` : `in ${text}`;
}

/** The largest unit of a duration: `23 s`, `4 h`. */
export function formatSpan(ms: number): string {
  const [unit, size] = SPANS.find(([, size]) => ms >= size) ?? ['s', 1000];
  return `${Math.floor(ms / size)} ${unit}`;
}

/** A name inside a sentence of ours: what it says about the direction of text ends with it (Unicode FSI … PDI). */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}

const dateTimeFormats = new Map<string, Intl.DateTimeFormat>();

/** `22 Nov 2026, 14:05`; `detail: 'full'` adds the seconds and the zone's offset. `timeZone`: IANA name. */
export function formatDateTime(iso: string, timeZone: string, detail: 'minutes' | 'full' = 'minutes'): string {
  return cachedFormat(timeZone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(detail === 'full' ? { second: '2-digit', timeZoneName: 'shortOffset' } : {}),
  }).format(new Date(iso));
}

/** `22 Nov 2026`. */
export function formatDate(iso: string, timeZone: string): string {
  return cachedFormat(timeZone, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso));
}

/** `22 Nov`. */
export function formatDay(iso: string, timeZone: string): string {
  return cachedFormat(timeZone, { day: 'numeric', month: 'short' }).format(new Date(iso));
}

/** `14:05`. */
export function formatTime(iso: string, timeZone: string): string {
  return cachedFormat(timeZone, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}

/** `GMT+1`: the offset that holds in the zone at that instant. */
export function formatOffset(iso: string, timeZone: string): string {
  const parts = cachedFormat(timeZone, { timeZoneName: 'shortOffset' }).formatToParts(new Date(iso));
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return offset.replace('GMT', 'UTC');
}

function cachedFormat(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  const known = dateTimeFormats.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  dateTimeFormats.set(key, format);
  return format;
}
