import type { ExpiryPreset } from '../policy/expiry-presets.ts';

/** How long a token lives, as the form offers it: the name of a preset, an instant, or what is stored already (settings only). */
export type ExpiryKind = 'preset' | 'custom' | 'keep';

export interface ExpiryValue {
  kind: ExpiryKind;
  /** Name of the preset chosen; `''`: none. */
  preset: string;
  /** What a `datetime-local` field holds: `2027-02-20T23:59`, in the viewer's zone. */
  custom: string;
}

/**
 * The instant a choice means, in epoch milliseconds; `null`: never; `undefined`: nothing sensible was entered yet.
 * A preset counts its seconds from `now`, as the server does.
 */
export function resolveExpiry(
  value: ExpiryValue,
  presets: readonly ExpiryPreset[],
  now: number,
  stored: string | null = null,
): number | null | undefined {
  if (value.kind === 'keep') return stored === null ? null : Date.parse(stored);
  if (value.kind === 'custom') return parseLocalInput(value.custom);
  const preset = presets.find(({ name }) => name === value.preset);
  if (!preset) return undefined;
  return preset.seconds === null ? null : now + preset.seconds * 1_000;
}

/** An instant out of a `datetime-local` field; `undefined`: unfinished. */
export function parseLocalInput(text: string): number | undefined {
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
