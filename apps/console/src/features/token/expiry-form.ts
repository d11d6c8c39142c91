import { z } from 'zod';
import { type ExpiryValue, resolveExpiry } from './expiry-choice.ts';

/** `mayBePast`: settings may expire a token at once; a new token must live. */
export function expirySchema(now: () => number, mayBePast: boolean) {
  return z
    .object({ choice: z.enum(['7d', '30d', '60d', '90d', '1y', 'custom', 'never', 'keep']), custom: z.string() })
    .superRefine((value, context) => {
      if (value.choice !== 'custom') return;
      const at = resolveExpiry(value, now());
      if (at === undefined) context.addIssue({ code: 'custom', path: ['custom'], message: 'Give a date and a time.' });
      else if (at !== null && at <= now() && !mayBePast) {
        context.addIssue({ code: 'custom', path: ['custom'], message: 'Give a time in the future.' });
      }
    });
}

/** What the operations take; `values` have passed the schema. */
export function expiryInput(value: ExpiryValue, now: number, stored: string | null = null): { expiresAt: string | null } {
  const at = resolveExpiry(value, now, stored);
  return { expiresAt: at == null ? null : new Date(at).toISOString() };
}

export const EXPIRY_FIELDS = { expiresAt: 'custom' };
