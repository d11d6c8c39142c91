import { parseEndpointPattern, parseExpiry } from '@latchkey/core';
import { z } from 'zod';
import { isStorableText, UNSTORABLE_TEXT } from './common.ts';

/** Endpoint patterns: at most 100 of at most 255 characters each; `null` or `[]` = everything (contract §4). */
export const endpointPatternsSchema = z
  .array(
    z
      .string({ error: 'A pattern must be text.' })
      .min(1, 'A pattern must not be empty.')
      .max(255, 'A pattern may have at most 255 characters.')
      .refine(isStorableText, UNSTORABLE_TEXT)
      .superRefine((pattern, context) => {
        const parsed = parseEndpointPattern(pattern);
        if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.message });
      }),
    { error: 'allowed_endpoints must be null or a list of patterns such as "/products*".' },
  )
  .max(100, 'A token may have at most 100 patterns.');

/**
 * `2026-12-31` (start of that day, UTC), or an ISO-8601 date-time with an offset or `Z`. Must be a real date of the years 1 to 9999 (UTC).
 * Whether it may lie in the past is the operation's rule.
 */
export const expiresAtInputSchema = z
  .string({ error: 'expires_at must be text such as "2026-12-31" or "2026-12-31T12:00:00Z", or null.' })
  .superRefine((text, context) => {
    if (parseExpiry(text) === null) {
      context.addIssue({ code: 'custom', message: 'expires_at must be a real date such as "2026-12-31" or "2026-12-31T12:00:00Z".' });
    }
  });
