import { z } from 'zod';
import { instantSchema, tokenIdSchema } from './common.ts';

const count = z.number().int();

export const evidenceInputSchema = z.object({ id: tokenIdSchema, days: z.number().int().min(1).max(365).default(30) });

const usedEndpointSchema = z.object({ endpoint: z.string(), method: z.string(), requests: count, lastAt: instantSchema.nullable() });

/** A grant beside what was made of it. */
const heldSchema = z.object({
  name: z.string(),
  /** Requests that needed it. */
  requests: count,
});

/** What a token may do beside what it did. */
export const evidenceSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    requests: count,
    endpoints: z.object({
      /** `null`: every endpoint. */
      granted: z
        .array(
          z.object({
            pattern: z.string(),
            /** Requests for which it was the first to match. */
            requests: count,
            lastAt: instantSchema.nullable(),
            /** Whether the suggestion allows less than it does. */
            isWider: z.boolean(),
          }),
        )
        .nullable(),
      /** Called with success, or with a failure that was not the caller’s. Most requests first. */
      used: z.array(usedEndpointSchema),
      /** Answered with nothing but 4xx: left out of the suggestion. */
      failedOnly: z.array(usedEndpointSchema),
      /** The tightest list that lets everything through that is in `used`; `null` where nothing was used, or nothing can be tightened. */
      suggested: z.array(z.string()).nullable(),
      /** What the suggestion would do to the requests of these days, found by matching each endpoint. */
      impact: z.object({ wouldPass: count, wouldBeRefused: count, refused: z.array(usedEndpointSchema) }).nullable(),
      /** Requests that are summed without their endpoint, because there were too many: nothing can be said of them. */
      unknown: count,
    }),
    /** `known: false`: no rule says what a request needs, so nobody can tell what is not needed. */
    scopes: z.object({ known: z.boolean(), held: z.array(heldSchema), neverNeeded: z.array(z.string()) }),
    /** `files:read`, as the rules name them. */
    permittedActions: z.object({ known: z.boolean(), held: z.array(heldSchema), neverNeeded: z.array(z.string()) }),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof evidenceSchema>;
