import type { Tone } from './painter.ts';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `1,234.5`. */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** An instant of the server as people read it: `2026-12-31 00:00Z`; to the minute, UTC. */
export function formatInstant(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')}Z`;
}

/** `12.3 ms`; nothing where nothing was measured. */
export function formatMillis(value: number | null): string {
  return value === null ? '–' : `${formatNumber(value)} ms`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in its largest whole unit: `60 s`, `5 min`, `30 d`. */
export function formatDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ['ms', 1];
  return `${formatNumber(ms / size)} ${unit}`;
}

export function statusTone(status: string): Tone | null {
  if (status === 'active') return 'good';
  return status === 'disabled' ? 'warning' : 'bad';
}
