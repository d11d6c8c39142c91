import type { Policy } from '@latchkey/api/schemas';
import { z } from 'zod';
import { expiryPresets, formatSeconds, startPreset } from '../policy/expiry-presets.ts';
import { type ExpiryValue, resolveExpiry, toLocalInput } from './expiry-choice.ts';

type ExpiryPolicy = Policy['expiry'];

/** `mayBePast`: settings may expire a token at once; a new token must live. */
export function expirySchema(policy: ExpiryPolicy, now: () => number, mayBePast: boolean) {
  return z.object({ kind: z.enum(['preset', 'custom', 'keep']), preset: z.string(), custom: z.string() }).superRefine((value, context) => {
    if (value.kind !== 'custom') return;
    const message = customFault(policy, value, now(), mayBePast);
    if (message) context.addIssue({ code: 'custom', path: ['custom'], message });
  });
}

function customFault(policy: ExpiryPolicy, value: ExpiryValue, now: number, mayBePast: boolean): string | null {
  const at = resolveExpiry(value, [], now);
  if (at === undefined || at === null) return 'Give a date and a time.';
  if (at <= now && !mayBePast) return 'Give a time in the future.';
  const { maxSeconds } = policy;
  if (maxSeconds !== null && at > now + maxSeconds * 1_000) {
    return `Tokens here live ${formatSeconds(maxSeconds)} at most: give a time until ${toLocalInput(now + maxSeconds * 1_000).replace('T', ' ')}.`;
  }
  return null;
}

/** What a new token's form starts with: the policy's default. */
export function startExpiry(policy: ExpiryPolicy, now: number): ExpiryValue {
  const preset = startPreset(policy);
  if (preset) return { kind: 'preset', preset: preset.name, custom: '' };
  const seconds = policy.defaultSeconds ?? policy.maxSeconds ?? 90 * 86_400;
  return { kind: 'custom', preset: '', custom: toLocalInput(now + seconds * 1_000) };
}

/** What the operations take; `values` have passed the schema. Nothing where the stored expiry stays. */
export function expiryInput(value: ExpiryValue, policy: ExpiryPolicy): { expiresAt?: string; expiresAtPreset?: string } {
  if (value.kind === 'keep') return {};
  if (value.kind === 'preset') return { expiresAtPreset: value.preset };
  const at = resolveExpiry(value, expiryPresets(policy), 0);
  return at === undefined || at === null ? {} : { expiresAt: new Date(at).toISOString() };
}

export const EXPIRY_FIELDS = { expiresAt: 'custom', expiresIn: 'custom', expiresAtPreset: 'custom' };
