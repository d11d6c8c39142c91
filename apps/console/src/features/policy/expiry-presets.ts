import type { Policy } from '@latchkey/api/schemas';

export interface ExpiryPreset {
  name: string;
  /** `30 days`, `Never`. */
  label: string;
  /** Seconds from now; `null`: never. */
  seconds: number | null;
}

/** The presets within the longest life, in the policy's order; the one that should give pause comes last. */
export function expiryPresets({ presets, maxSeconds }: Policy['expiry']): ExpiryPreset[] {
  const allowed = presets.filter(({ seconds }) => maxSeconds === null || (seconds !== null && seconds <= maxSeconds));
  const labelled = allowed.map(({ name, seconds }) => ({ name, seconds, label: seconds === null ? 'Never' : labelOf(name) }));
  return [...labelled.filter(({ seconds }) => seconds !== null), ...labelled.filter(({ seconds }) => seconds === null)];
}

/** What the form starts with: the policy's default, else 90 days, else the first that ends. */
export function startPreset(expiry: Policy['expiry']): ExpiryPreset | undefined {
  const presets = expiryPresets(expiry);
  const wanted = expiry.defaultSeconds ?? QUARTER;
  return presets.find(({ seconds }) => seconds === wanted) ?? (expiry.defaultSeconds === null ? presets[0] : undefined);
}

const DAY = 86_400;
const QUARTER = 90 * DAY;

function labelOf(name: string): string {
  return name.replaceAll('_', ' ');
}

/** `90 days`, `36 hours`, `90 seconds`: the largest unit that is whole. */
export function formatSeconds(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
}

const UNITS = [
  [DAY, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;
