import { z } from 'zod';
import { instantSchema, tokenIdSchema } from './common.ts';

/** One of the windows that a token's requests are counted in. */
export const windowStatusSchema = z.object({
  /** `default`: its rate limit; `pool:<name>`: shared with the other tokens of its owner; else the name of one of its limits. */
  name: z.string(),
  shared: z.boolean(),
  limit: z.number().int(),
  windowMs: z.number().int(),
  algorithm: z.enum(['fixed', 'sliding']),
  current: z.number().int(),
  remaining: z.number().int(),
  /** `null`: no window is open. */
  resetAt: instantSchema.nullable(),
});

/** The windows and the quota of a token as this process counts them now. The first members are its rate limit; `limit: null`: not limited. */
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
  windows: z.array(windowStatusSchema),
  /** `null`: any number of requests. */
  quota: z
    .object({
      remaining: z.number().int(),
      refillAmount: z.number().int().nullable(),
      refillInterval: z.number().int().nullable(),
      /** When it is refilled next; a past instant: with the next request. */
      refillAt: instantSchema.nullable(),
    })
    .nullable(),
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
