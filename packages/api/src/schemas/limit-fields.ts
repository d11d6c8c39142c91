import { limitNameFault, parseAddressRange } from '@latchkey/core';
import { z } from 'zod';
import { rateLimitAlgorithmSchema, windowSchema } from './rate-limit-fields.ts';

const DAY_MS = 86_400_000;

/** A limit beside `rate_limit`. */
export const namedLimitSchema = z.object({
  name: z.string(),
  max: z.number().int(),
  windowMs: z.number().int(),
  algorithm: rateLimitAlgorithmSchema,
});

const nameSchema = z.string({ error: 'Give the limit a name.' }).superRefine((name, context) => {
  const fault = limitNameFault(name);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

const namedLimitInputSchema = z.object({
  name: nameSchema,
  max: z
    .number({ error: 'max must be a whole number of requests, 1 or more.' })
    .int('max must be a whole number.')
    .min(1, 'max must be 1 or more.')
    .max(1_000_000_000, 'max may be at most 1,000,000,000.'),
  windowMs: windowSchema,
  algorithm: rateLimitAlgorithmSchema.default('fixed'),
});

/** Further limits: at most 10, each with a name of its own. */
export const limitsInputSchema = z
  .array(namedLimitInputSchema, { error: 'limits must be a list such as [{ "name": "burst", "max": 10, "window_ms": 1000 }].' })
  .max(10, 'A token may have at most 10 further limits.')
  .superRefine((limits, context) => {
    for (const [index, { name }] of limits.entries()) {
      if (limits.findIndex((limit) => limit.name === name) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `Give each limit a name of its own: "${name}" is there twice.` });
    }
  });

/** Addresses and CIDR ranges, stored canonical; `null` or `[]` = any. */
export const allowedIpsInputSchema = z
  .array(
    z
      .string({ error: 'An address must be text.' })
      .max(60, 'An address has at most 60 characters.')
      .transform((text, context) => {
        const range = parseAddressRange(text);
        if (range.ok) return range.text;
        context.addIssue({ code: 'custom', message: range.message });
        return z.NEVER;
      }),
    { error: 'allowed_ips must be null or a list such as ["203.0.113.7", "10.0.0.0/8"].' },
  )
  .max(100, 'A token may have at most 100 addresses and ranges.')
  .transform((ranges) => [...new Set(ranges)]);

const MAX_UNITS = 1_000_000_000_000;

/** The quota. `remaining: null` means any number of requests (S3-120). */
export const quotaInput = {
  remaining: z
    .number({ error: 'remaining must be a whole number of requests, 0 or more, or null.' })
    .int('remaining must be a whole number.')
    .min(0, 'remaining must be 0 or more.')
    .max(MAX_UNITS, 'remaining may be at most 1,000,000,000,000.')
    .nullable()
    .optional(),
  refillAmount: z
    .number({ error: 'refill_amount must be a whole number of requests, 1 or more, or null.' })
    .int('refill_amount must be a whole number.')
    .min(1, 'refill_amount must be 1 or more.')
    .max(MAX_UNITS, 'refill_amount may be at most 1,000,000,000,000.')
    .nullable()
    .optional(),
  /** Milliseconds (S3-018). */
  refillInterval: z
    .number({ error: 'refill_interval must be a whole number of milliseconds, or null.' })
    .int('refill_interval must be a whole number.')
    .min(1_000, 'refill_interval must be at least 1,000 ms.')
    .max(366 * DAY_MS, 'refill_interval may be at most 366 days.')
    .nullable()
    .optional(),
};
