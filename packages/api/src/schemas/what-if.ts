import { z } from 'zod';
import { instantSchema, tokenIdSchema } from './common.ts';
import { rateLimitAlgorithmSchema, rateLimitSchema, windowSchema } from './rate-limit-fields.ts';
import { endpointPatternsSchema } from './token-fields.ts';

const count = z.number().int();

/** Rules to try on the requests of the last days: one of these at least. */
export const whatIfInputSchema = z
  .object({
    id: tokenIdSchema,
    days: z.number().int().min(1).max(30).default(7),
    /** `null` or `[]`: every endpoint. */
    allowedEndpoints: endpointPatternsSchema.nullable().optional(),
    rateLimit: rateLimitSchema.optional(),
    rateLimitWindowMs: windowSchema.optional(),
    rateLimitAlgorithm: rateLimitAlgorithmSchema.optional(),
  })
  .meta({ id: 'WhatIfInput' });
export type WhatIfInput = z.infer<typeof whatIfInputSchema>;

const hourSchema = z.object({ at: instantSchema, requests: count, refused: count });

/** What the proposed rules would have made of the requests of the last days. Every one of the log, none sampled. */
export const whatIfSchema = z
  .object({
    /** What was replayed. */
    from: instantSchema,
    to: instantSchema,
    /** Why it begins later than asked for: the log does not reach back so far, or there were more than two million requests. */
    limitedBy: z.enum(['retention', 'volume']).nullable(),
    /** Those that reach the rules tried. */
    requests: count,
    refused: z.object({ total: count, endpoint: count, rate: count }),
    /** Passed then, refused now; refused then, passing now. */
    newlyRefused: count,
    newlyAllowed: count,
    /** Hours in which at least one is refused. */
    hoursRefused: count,
    /** Hours with requests, in order of time. */
    hours: z.array(hourSchema),
    worstHour: hourSchema.nullable(),
    /** Most refusals first, 20 at most. */
    endpoints: z.array(z.object({ endpoint: z.string(), method: z.string(), requests: count, refused: count })),
    /** Most requests within one window, refused ones included, and how much of the limit that is; `null` where no limit is tried. */
    peak: count.nullable(),
    peakShare: z.number().nullable(),
  })
  .meta({ id: 'WhatIf' });
export type WhatIf = z.infer<typeof whatIfSchema>;
