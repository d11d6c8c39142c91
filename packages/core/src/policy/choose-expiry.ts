import { parseExpiry } from '../token/parse-expiry.ts';
import type { ExpiryPolicy } from './token-policy.ts';

/** The ways to say when a token ends. A preset decides over all others (C-09). */
export interface ExpiryRequest {
  /** Name of a preset of the policy: `30_days`, `no_expiration`. */
  readonly preset?: string | undefined;
  /** An instant or a date as people write it; `null`: never. */
  readonly expiresAt?: string | null | undefined;
  /** Seconds from now; `null`: never. */
  readonly expiresIn?: number | null | undefined;
}

/** An instant in epoch milliseconds (`null`: never), or the member that is wrong and what to change. */
export type ExpiryChoice =
  | { readonly ok: true; readonly expiresAt: number | null }
  | { readonly ok: false; readonly path: 'expiresAtPreset' | 'expiresAt' | 'expiresIn'; readonly message: string };

const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * When a new token ends: by the preset, else the instant, else the seconds, else the policy's default – within the policy's longest life
 * (S0-09…11, S2-063, 064, 090, 091; C-09). `mayBePast` takes an instant that is over, for changes (G-06).
 */
export function chooseExpiry(
  policy: ExpiryPolicy,
  request: ExpiryRequest,
  now: number,
  { mayBePast = false }: { mayBePast?: boolean } = {},
): ExpiryChoice {
  const chosen = choose(policy, request, now);
  if (!chosen.ok) return chosen;
  const { expiresAt, path } = chosen;
  if (expiresAt !== null && expiresAt <= now && !mayBePast) {
    return fault(path, 'The expiry must lie in the future. A date without a time means the start of that day, UTC.');
  }
  const latest = policy.maxSeconds === null ? null : now + policy.maxSeconds * 1000;
  if (latest !== null && (expiresAt === null || expiresAt > latest)) {
    return fault(path, `Tokens here live ${describeSeconds(policy.maxSeconds ?? 0)} at most. Choose an expiry within that.`);
  }
  return { ok: true, expiresAt };
}

type Chosen =
  | { ok: true; expiresAt: number | null; path: 'expiresAtPreset' | 'expiresAt' | 'expiresIn' }
  | Extract<ExpiryChoice, { ok: false }>;

function choose(policy: ExpiryPolicy, request: ExpiryRequest, now: number): Chosen {
  const { preset, expiresAt, expiresIn } = request;
  if (preset !== undefined) return choosePreset(policy, preset, now);
  if (expiresAt !== undefined && expiresIn !== undefined) {
    return fault('expiresIn', 'Give the expiry as an instant or as seconds from now, not as both.');
  }
  if (expiresAt !== undefined) return chooseInstant(expiresAt);
  if (expiresIn !== undefined) return chooseSeconds(expiresIn, now);
  return chooseSeconds(policy.defaultSeconds ?? policy.maxSeconds, now);
}

function choosePreset(policy: ExpiryPolicy, preset: string, now: number): Chosen {
  if (!Object.hasOwn(policy.presets, preset)) {
    return fault('expiresAtPreset', `Choose one of these presets: ${Object.keys(policy.presets).join(', ')}.`);
  }
  return { ...chooseSeconds(policy.presets[preset] ?? null, now), path: 'expiresAtPreset' };
}

function chooseInstant(text: string | null): Chosen {
  if (text === null) return { ok: true, expiresAt: null, path: 'expiresAt' };
  const at = parseExpiry(text);
  if (at === null) return fault('expiresAt', 'Give a real date such as "2026-12-31" or "2026-12-31T12:00:00Z".');
  return { ok: true, expiresAt: at, path: 'expiresAt' };
}

function chooseSeconds(seconds: number | null, now: number): Chosen {
  if (seconds === null) return { ok: true, expiresAt: null, path: 'expiresIn' };
  const at = now + seconds * 1000;
  if (at > LATEST) return fault('expiresIn', 'The expiry must lie before the year 10000.');
  return { ok: true, expiresAt: at, path: 'expiresIn' };
}

/** `7776000` → `90 days`; what is not whole days stays seconds. */
function describeSeconds(seconds: number): string {
  const days = seconds / 86_400;
  return Number.isInteger(days) ? `${days} ${days === 1 ? 'day' : 'days'}` : `${seconds} seconds`;
}

function fault(path: Extract<ExpiryChoice, { ok: false }>['path'], message: string): Extract<ExpiryChoice, { ok: false }> {
  return { ok: false, path, message };
}
