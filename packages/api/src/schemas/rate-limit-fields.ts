import { z } from 'zod';

export const rateLimitAlgorithmSchema = z.enum(['fixed', 'sliding']);
export const rateLimitSchema = z
  .number({ error: 'rate_limit must be a whole number of requests, 1 or more.' })
  .int('rate_limit must be a whole number.')
  .min(1, 'rate_limit must be 1 or more.')
  .max(1_000_000_000, 'rate_limit may be at most 1,000,000,000.');
export const windowSchema = z
  .number()
  .int()
  .min(1_000, 'The window must be at least 1,000 ms.')
  .max(31 * 86_400_000, 'The window may be at most 31 days.');
