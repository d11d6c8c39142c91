import type { Token } from '@latchkey/api/schemas';
import { z } from 'zod';
import { joinWindow, splitWindow, type WindowUnit } from './limit-window.ts';

export interface LimitValues {
  enabled: boolean;
  /** What number fields hold: text while it is not a number. */
  max: number | string;
  count: number | string;
  unit: WindowUnit;
  algorithm: 'fixed' | 'sliding';
}

export const DEFAULT_LIMIT: LimitValues = { enabled: true, max: 100, count: 1, unit: 'minute', algorithm: 'fixed' };

const LONGEST_MS = 31 * 86_400_000;

export const limitSchema = z
  .object({
    enabled: z.boolean(),
    max: z
      .number({ error: 'Give a number of requests.' })
      .int('Give a whole number of requests.')
      .min(1, 'Allow at least 1 request; to stop a token, switch it off.')
      .max(1_000_000_000, 'Allow at most 1,000,000,000 requests.'),
    count: z.number({ error: 'Give the length of the window.' }).int('Give a whole number.').min(1, 'Give at least 1.'),
    unit: z.enum(['millisecond', 'second', 'minute', 'hour', 'day']),
    algorithm: z.enum(['fixed', 'sliding']),
  })
  .superRefine(({ count, unit }, context) => {
    const windowMs = joinWindow(count, unit);
    if (windowMs < 1_000) context.addIssue({ code: 'custom', path: ['count'], message: 'The window must be at least 1 second.' });
    if (windowMs > LONGEST_MS) context.addIssue({ code: 'custom', path: ['count'], message: 'The window may be at most 31 days.' });
  });

export function limitValues(token: Token): LimitValues {
  return {
    enabled: token.rateLimitEnabled && token.rateLimit !== null,
    max: token.rateLimit ?? DEFAULT_LIMIT.max,
    ...splitWindow(token.rateLimitWindowMs),
    algorithm: token.rateLimitAlgorithm,
  };
}

/** What the operations take. `null`-free: `values` have passed the schema. */
export function limitInput(values: LimitValues) {
  return {
    rateLimit: Number(values.max),
    rateLimitWindowMs: joinWindow(Number(values.count), values.unit),
    rateLimitAlgorithm: values.algorithm,
  };
}

export const LIMIT_FIELDS = { rateLimit: 'max', rateLimitWindowMs: 'count' };
