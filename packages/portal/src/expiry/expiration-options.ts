/** A preset for the end of a key. `seconds` from now; `null`: never. */
export interface ExpirationPreset {
  readonly value: string;
  readonly seconds: number | null;
}

const DAY = 86_400;
const NO_EXPIRATION = 'no_expiration';

/** What is offered where the server's own list is not at hand. */
export const EXPIRATION_PRESETS: readonly ExpirationPreset[] = [
  { value: NO_EXPIRATION, seconds: null },
  { value: '7_days', seconds: 7 * DAY },
  { value: '30_days', seconds: 30 * DAY },
  { value: '60_days', seconds: 60 * DAY },
  { value: '90_days', seconds: 90 * DAY },
  { value: '180_days', seconds: 180 * DAY },
  { value: '1_year', seconds: 365 * DAY },
];

export interface ExpirationSelectOptions {
  /** The deployment's presets; default: `EXPIRATION_PRESETS`. */
  readonly presets?: readonly ExpirationPreset[] | undefined;
  /** `false` leaves out the presets without an end (S2-092). Default: `true`. */
  readonly includeNoExpiration?: boolean | undefined;
}

/** Label and value of each preset, for a select: `['No Expiration', 'no_expiration'], ['7 days', '7_days'], …` (S2-088). */
export function expirationsForSelect({
  presets = EXPIRATION_PRESETS,
  includeNoExpiration = true,
}: ExpirationSelectOptions = {}): (readonly [label: string, value: string])[] {
  const offered = includeNoExpiration ? presets : presets.filter(({ seconds }) => seconds !== null);
  return offered.map(({ value }) => [labelOf(value), value] as const);
}

/** The preset that is chosen when nobody chooses: no expiration where that is offered, else the first (S2-089). */
export function defaultExpiration(presets: readonly ExpirationPreset[] = EXPIRATION_PRESETS): string {
  return presets.find(({ value }) => value === NO_EXPIRATION)?.value ?? presets[0]?.value ?? NO_EXPIRATION;
}

/**
 * The instant that a preset means, counted from `now` in epoch milliseconds; `null` for one without an end (S2-090, 091).
 * Throws a RangeError for a preset that is not offered: it must never become a key without an end.
 */
export function parseExpiration(value: string, now: number, presets: readonly ExpirationPreset[] = EXPIRATION_PRESETS): Date | null {
  const preset = presets.find((one) => one.value === value);
  if (!preset) throw new RangeError(`There is no expiration "${value}". Choose from ${presets.map((one) => one.value).join(', ')}.`);
  return preset.seconds === null ? null : new Date(now + preset.seconds * 1000);
}

function labelOf(value: string): string {
  return value === NO_EXPIRATION ? 'No Expiration' : value.replaceAll('_', ' ');
}
