import { z } from 'zod';
import { instantSchema, isStorableText, tokenIdSchema, UNSTORABLE_TEXT } from './common.ts';

/** Every question that is asked about a request, in the order in which they decide (contract §4). */
export const questionSchema = z.enum([
  'path',
  'shape',
  'checksum',
  'known',
  'configuration',
  'environment',
  'revoked',
  'secret',
  'enabled',
  'not_before',
  'expiry',
  'address',
  'endpoint',
  'scope',
  'permission',
  'rate',
  'quota',
]);

const METHOD = /^[A-Za-z][A-Za-z-]{0,15}$/;
const storable = (text: string) => isStorableText(text);

/**
 * A logged request by its id, or a request that was never sent: a token – its id, or its text, which is digested at once and kept
 * nowhere – with method and path.
 */
export const explainInputSchema = z
  .object({
    requestId: z.string().min(1).max(128).refine(storable, UNSTORABLE_TEXT).optional(),
    tokenId: tokenIdSchema.optional(),
    token: z.string().min(1).max(512).optional(),
    method: z.string().regex(METHOD, 'The method must be one word of letters, such as "GET".').default('GET'),
    /** The public API's own path as it would be sent, with or without a query: `/products/1`. */
    path: z.string().max(2_048).optional(),
    ipAddress: z.union([z.ipv4(), z.ipv6()]).nullable().default(null),
    /** The instant to judge by; with `requestId`: when it arrived, which makes the search short. Absent: now. */
    at: instantSchema.optional(),
  })
  .superRefine((input, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (input.requestId !== undefined) {
      if (input.token !== undefined) refuse('token', 'Give either a request id or a token, not both.');
      return;
    }
    if (input.tokenId === undefined && input.token === undefined) refuse('requestId', 'Give a request id, or a token with a path.');
    if (input.tokenId !== undefined && input.token !== undefined) refuse('token', 'Give either the id of a token or its text, not both.');
    if (input.path === undefined) refuse('path', 'Give the path of the request, such as "/products/1".');
  })
  .meta({ id: 'ExplainInput' });
export type ExplainInput = z.infer<typeof explainInputSchema>;

export const findingSchema = z
  .object({
    check: questionSchema,
    result: z.enum(['pass', 'fail', 'not_reached', 'not_applicable']),
    /** What it says by itself, reached or not; `null`: nothing to say. */
    passes: z.boolean().nullable(),
    /** The code with which it refuses by itself. */
    code: z.string().nullable(),
    /** The rule that decided, as it is written. */
    rule: z.string().nullable(),
    detail: z.string(),
    /** Scopes or permissions that the request needs, with the endpoint patterns of the access rules that ask for them. */
    needs: z.array(z.object({ name: z.string(), held: z.boolean(), rules: z.array(z.string()) })),
  })
  .meta({ id: 'Finding' });

export const explanationSchema = z
  .object({
    /** `null`: nobody issued it. */
    token: z.object({ id: tokenIdSchema, name: z.string().nullable(), status: z.string() }).nullable(),
    request: z.object({ method: z.string(), path: z.string(), ipAddress: z.string().nullable(), at: instantSchema }),
    /** What the log says of it; `null` for a request that was not looked up. */
    recorded: z
      .object({
        requestId: z.string(),
        at: instantSchema,
        /** `null`: not known, because a proxy gave the answer. */
        status: z.number().int().nullable(),
        outcome: z.string(),
        /** Which check refused it then; `null`: none did, or the log does not tell. */
        decidedBy: questionSchema.nullable(),
        /** Whether the token has been changed since, so that the findings may differ from what was decided then. */
        changedSince: z.boolean(),
      })
      .nullable(),
    /** What would be answered now. */
    decision: z.enum(['allow', 'deny']),
    status: z.number().int().nullable(),
    code: z.string().nullable(),
    error: z.string().nullable(),
    message: z.string().nullable(),
    decidedBy: questionSchema.nullable(),
    /** What it counts as in rate limits and quota, and the access rule that says so; `rule: null`: none does. */
    charge: z.object({ units: z.number().int(), rule: z.string().nullable() }),
    findings: z.array(findingSchema),
    /** As they stand now, looked at without counting; `null`: they can not be read, or there is no token. */
    counters: z
      .object({
        windows: z.array(
          z.object({
            name: z.string(),
            limit: z.number().int(),
            windowMs: z.number().int(),
            algorithm: z.enum(['fixed', 'sliding']),
            current: z.number().int(),
            remaining: z.number().int(),
            /** `null`: no window is open. */
            resetAt: instantSchema.nullable(),
          }),
        ),
        quota: z.object({ remaining: z.number().int() }).nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Explanation' });
export type ExplanationView = z.infer<typeof explanationSchema>;
