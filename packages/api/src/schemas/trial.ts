import { z } from 'zod';
import { scopesInputSchema } from './access-fields.ts';
import { instantSchema, tokenIdSchema } from './common.ts';
import { rateLimitAlgorithmSchema, rateLimitSchema, windowSchema } from './rate-limit-fields.ts';
import { endpointPatternsSchema } from './token-fields.ts';

/** Rules on trial; `null` of a member: as it is. */
export const trialSchema = z
  .object({
    /** `[]`: every endpoint. */
    allowedEndpoints: z.array(z.string()).nullable(),
    scopes: z.array(z.string()).nullable(),
    rateLimit: z.object({ max: z.number().int(), windowMs: z.number().int(), algorithm: rateLimitAlgorithmSchema }).nullable(),
    since: instantSchema,
    /** Who proposed them. */
    by: z.string(),
  })
  .meta({ id: 'Trial' });
export type Trial = z.infer<typeof trialSchema>;

/** What to watch without enforcing it: one of these at least. Absent = as it is. */
export const setTrialInputSchema = z
  .object({
    id: tokenIdSchema,
    /** `null` or `[]`: every endpoint. */
    allowedEndpoints: endpointPatternsSchema.nullable().optional(),
    scopes: scopesInputSchema.optional(),
    rateLimit: rateLimitSchema.optional(),
    rateLimitWindowMs: windowSchema.optional(),
    rateLimitAlgorithm: rateLimitAlgorithmSchema.optional(),
  })
  .meta({ id: 'SetTrialInput' });
export type SetTrialInput = z.infer<typeof setTrialInputSchema>;

/** `since`: the trial that was looked at; another one meanwhile is a conflict. Absent: whichever runs. */
export const enforceTrialInputSchema = z.object({ id: tokenIdSchema, since: instantSchema.optional() }).meta({ id: 'EnforceTrialInput' });

const count = z.number().int();

/** What the rules on trial would have refused since they were put on trial. */
export const trialReportSchema = z
  .object({
    trial: trialSchema.nullable(),
    /** Requests that the real rules let pass. */
    requests: count,
    denied: z.object({ total: count, endpoint: count, scope: count, rate: count }),
    /** Hours in which at least one would have been refused. */
    hoursDenied: count,
    /** Most would-be refusals first, 20 at most; of the newest 100,000 of them. */
    endpoints: z.array(z.object({ endpoint: z.string(), method: z.string(), code: z.string(), denied: count, lastAt: instantSchema })),
  })
  .meta({ id: 'TrialReport' });
