import { z } from 'zod';
import { isStorableText, tokenIdSchema, UNSTORABLE_TEXT } from './common.ts';
import { effectiveSchema } from './gateway.ts';
import { endpointPatternsSchema, expiresAtInputSchema } from './token-fields.ts';

export const MAX_IMPORT_ROWS = 1_000;

const text = (name: string, max: number) =>
  z
    .string({ error: `${name} must be text.` })
    .max(max, `${name} may have at most ${max} characters.`)
    .refine(isStorableText, UNSTORABLE_TEXT);
/** A list, or one text with the members separated by commas or white space, as a table of values has it. */
const list = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((part) => part !== '') : value), schema);
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());

/**
 * One token of another system. Exactly one of `hash` (SHA-256 as 64 hexadecimal or 43 base64url characters, or bcrypt `$2a$`, `$2b$`, `$2y$`
 * of a cost up to 14) and `token` (the plain text: printable ASCII, 16 to 512 characters). A bcrypt hash needs `lastCharacters`, the last
 * four of its text, and is found faster with `start`, the first up to eight. Lists may be one text with commas, numbers may be text, and an
 * empty text is no value, so that the columns of a CSV file can be passed on as they are.
 */
export const importRowSchema = z.object({
  name: optional(text('name', 255)),
  description: optional(text('description', 10_000)),
  ownerType: optional(text('owner_type', 50).regex(/^[a-z][a-z0-9_-]*$/, 'An owner type is lower-case letters, digits, "_" and "-".')),
  ownerId: optional(text('owner_id', 255)),
  keyType: optional(text('key_type', 50)),
  environment: optional(text('environment', 50)),
  prefix: optional(text('prefix', 64)),
  start: optional(text('start', 32)),
  lastCharacters: optional(text('last_characters', 32).min(4, 'last_characters must be the last four characters or more.')),
  scopes: optional(list(z.array(text('A scope', 255).min(1)).max(100, 'A token may have at most 100 scopes.'))),
  allowedEndpoints: optional(
    z.preprocess((value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value), endpointPatternsSchema),
  ),
  rateLimit: optional(
    z.coerce
      .number('rate_limit must be a whole number.')
      .int('rate_limit must be a whole number.')
      .min(1, 'rate_limit must be 1 or more.')
      .max(1_000_000_000),
  ),
  rateLimitWindowMs: optional(
    z.coerce
      .number()
      .int()
      .min(1_000, 'The window must be at least 1,000 ms.')
      .max(31 * 86_400_000),
  ),
  expiresAt: optional(expiresAtInputSchema),
  hash: optional(text('hash', 255)),
  token: optional(z.string({ error: 'token must be text.' })),
});
export type ImportRow = z.infer<typeof importRowSchema>;

/** Rows are looked at one by one (`importRowSchema`, snake_case taken as well): a bad one is reported and stops no other. */
export const importTokensInputSchema = z
  .object({
    rows: z
      .array(z.record(z.string(), z.unknown()), { error: 'rows must be a list of tokens.' })
      .min(1, 'Give at least one row.')
      .max(MAX_IMPORT_ROWS, 'Give at most 1,000 rows in one call.'),
    /** Checks and reports, and writes nothing. */
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'ImportTokensInput' });
export type ImportTokensInput = z.infer<typeof importTokensInputSchema>;

export const importReportSchema = z
  .object({
    dryRun: z.boolean(),
    imported: z.number().int(),
    skipped: z.number().int(),
    failed: z.number().int(),
    /** `null`: nothing was changed. */
    effective: effectiveSchema.nullable(),
    /** One for each row, in their order. */
    rows: z.array(
      z.object({
        /** Counted from 1. */
        row: z.number().int(),
        /** `skipped`: a token with this secret is here already. In a dry run `imported` means that it would be. */
        status: z.enum(['imported', 'skipped', 'failed']),
        /** Of the token that was made, or is here already. */
        id: tokenIdSchema.nullable(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof importReportSchema>;
