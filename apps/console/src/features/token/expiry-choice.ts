/** How long a token lives, as the form offers it. `keep`: what is stored already (settings only). */
export type ExpiryChoice = '7d' | '30d' | '60d' | '90d' | '1y' | 'custom' | 'never' | 'keep';

export interface ExpiryValue {
  choice: ExpiryChoice;
  /** What a `datetime-local` field holds: `2027-02-20T23:59`, in the viewer's zone. */
  custom: string;
}

export const EXPIRY_PRESETS = [
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '60d', label: '60 days' },
  { value: '90d', label: '90 days' },
  { value: '1y', label: '1 year' },
  { value: 'custom', label: 'Custom' },
  { value: 'never', label: 'Never' },
] as const satisfies readonly { value: ExpiryChoice; label: string }[];

const DAYS: Partial<Record<ExpiryChoice, number>> = { '7d': 7, '30d': 30, '60d': 60, '90d': 90 };

/**
 * The instant a choice means, in epoch milliseconds; `null`: never; `undefined`: nothing sensible was entered yet.
 * Days are calendar days of the viewer: 30 days from 10:00 is 10:00 even where the clocks change in between.
 */
export function resolveExpiry(value: ExpiryValue, now: number, stored: string | null = null): number | null | undefined {
  if (value.choice === 'never') return null;
  if (value.choice === 'keep') return stored === null ? null : Date.parse(stored);
  if (value.choice === 'custom') return parseLocal(value.custom);
  const at = new Date(now);
  at.setSeconds(0, 0);
  if (value.choice === '1y') at.setFullYear(at.getFullYear() + 1);
  else at.setDate(at.getDate() + (DAYS[value.choice] ?? 0));
  return at.getTime();
}

function parseLocal(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** An instant as a `datetime-local` field wants it. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
