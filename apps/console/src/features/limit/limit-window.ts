const UNITS = [
  { unit: 'day', ms: 86_400_000, short: 'd' },
  { unit: 'hour', ms: 3_600_000, short: 'h' },
  { unit: 'minute', ms: 60_000, short: 'min' },
  { unit: 'second', ms: 1_000, short: 's' },
  { unit: 'millisecond', ms: 1, short: 'ms' },
] as const;

export type WindowUnit = (typeof UNITS)[number]['unit'];

/** A window as people say it: 90,000 ms are 90 seconds, 7,200,000 ms are 2 hours. */
export function splitWindow(windowMs: number): { count: number; unit: WindowUnit } {
  const found = UNITS.find(({ ms }) => windowMs % ms === 0 && windowMs >= ms);
  return found ? { count: windowMs / found.ms, unit: found.unit } : { count: windowMs, unit: 'millisecond' };
}

export function joinWindow(count: number, unit: WindowUnit): number {
  return count * (UNITS.find((entry) => entry.unit === unit)?.ms ?? 1);
}

/** `minute`, `2 hours`. */
export function formatWindow(windowMs: number): string {
  const { count, unit } = splitWindow(windowMs);
  return count === 1 ? unit : `${count} ${unit}s`;
}

/** `600/min`, `1,000/15 min`. */
export function formatRate(max: number | null, windowMs: number): string {
  if (max === null) return 'no rate limit';
  const { count, unit } = splitWindow(windowMs);
  const short = UNITS.find((entry) => entry.unit === unit)?.short;
  return `${max.toLocaleString('en')}/${count === 1 ? '' : `${count} `}${short}`;
}
