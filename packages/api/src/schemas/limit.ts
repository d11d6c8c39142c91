import { z } from 'zod';
import { instantSchema, tokenIdSchema } from './common.ts';

/** The window of a token as this process counts it now. `limit: null`: not limited. */
export const limitStatusSchema = z.object({
  tokenId: tokenIdSchema,
  enabled: z.boolean(),
  algorithm: z.enum(['fixed', 'sliding']),
  windowMs: z.number().int(),
  limit: z.number().int().nullable(),
  current: z.number().int(),
  remaining: z.number().int().nullable(),
  /** `null`: no window is open. */
  resetAt: instantSchema.nullable(),
});
export type LimitStatus = z.infer<typeof limitStatusSchema>;

export const throttledTokenSchema = z.object({
  id: tokenIdSchema,
  name: z.string(),
  rateLimit: z.number().int().nullable(),
  rateLimitWindowMs: z.number().int(),
  requests: z.number().int(),
  rateLimited: z.number().int(),
});
