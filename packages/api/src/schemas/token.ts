import { z } from 'zod';
import { metadataInputSchema, permissionsInputSchema, scopesInputSchema } from './access-fields.ts';
import { instantSchema, isStorableText, pageInput, tokenIdSchema, UNSTORABLE_TEXT } from './common.ts';
import { effectiveSchema } from './gateway.ts';
import { allowedIpsInputSchema, limitsInputSchema, namedLimitSchema, quotaInput } from './limit-fields.ts';
import { rateLimitAlgorithmSchema, rateLimitSchema, windowSchema } from './rate-limit-fields.ts';
import { endpointPatternsSchema, expiresAtInputSchema } from './token-fields.ts';
import { trialSchema } from './trial.ts';

export const tokenStatusSchema = z.enum(['active', 'disabled', 'expired', 'revoked']);

/** Health of a token, first match wins (console.md §1). */
export const tokenHealthSchema = z.enum([
  'revoked',
  'disabled',
  'expired',
  'rate_limited',
  'failing',
  'expires_soon',
  'never_used',
  'idle',
  'healthy',
]);

/** White space is not the same to JavaScript and to the database; a name needs a character that is neither to anyone. */
const VISIBLE = /[^\s\p{C}\p{Z}]/u;
/** Of a token that has one. */
export const nameSchema = z
  .string({ error: 'Give the token a name of 1 to 255 characters.' })
  .max(255, 'The name may have at most 255 characters.')
  .refine((name) => VISIBLE.test(name), 'The name must not be blank.')
  .refine(isStorableText, UNSTORABLE_TEXT);
const descriptionSchema = z
  .string()
  .max(10_000, 'The description may have at most 10,000 characters.')
  .refine(isStorableText, UNSTORABLE_TEXT)
  .nullable();
/** When it ends. A preset decides over the others; an instant and seconds exclude each other (C-09). */
const expiryInput = {
  expiresAt: expiresAtInputSchema.nullable().optional(),
  /** Seconds from now. */
  expiresIn: z.number().int('expires_in must be whole seconds.').min(1, 'expires_in must be 1 second or more.').nullable().optional(),
  expiresAtPreset: z.string().max(50).optional(),
};

/** How much, and from where. */
const boundsInput = {
  limits: limitsInputSchema.nullable().optional(),
  allowedIps: allowedIpsInputSchema.nullable().optional(),
  ...quotaInput,
};

/** What it may do. */
const accessInput = {
  scopes: scopesInputSchema.optional(),
  permissions: permissionsInputSchema.nullable().optional(),
  metadata: metadataInputSchema.nullable().optional(),
};

export const ownerTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'An owner type is lower-case letters, digits, "_" and "-", such as "user" or "organization".')
  .max(50, 'An owner type may have at most 50 characters.');
/** For what is made: `token` is the type of owners that are tokens themselves, and nobody else joins their families. */
export const newOwnerTypeSchema = ownerTypeSchema.refine(
  (type) => type !== 'token',
  'The owner type "token" stands for tokens that made other tokens. Choose another one.',
);
export const ownerIdSchema = z
  .string()
  .min(1, 'An owner needs an id.')
  .max(255, 'The id of an owner may have at most 255 characters.')
  .refine(isStorableText, UNSTORABLE_TEXT);

/** A token as administrators see it: never the secret, never the digest. */
export const tokenSchema = z
  .object({
    id: tokenIdSchema,
    /** `null`: unnamed. */
    name: z.string().nullable(),
    description: z.string().nullable(),
    active: z.boolean(),
    status: tokenStatusSchema,
    health: tokenHealthSchema,
    keyType: z.string().nullable(),
    environment: z.string().nullable(),
    prefix: z.string(),
    start: z.string(),
    last4: z.string(),
    ownerType: z.string().nullable(),
    ownerId: z.string().nullable(),
    createdBy: z.string().nullable(),
    scopes: z.array(z.string()),
    permissions: z.record(z.string(), z.array(z.string())).nullable(),
    allowedEndpoints: z.array(z.string()).nullable(),
    rateLimit: z.number().int().nullable(),
    rateLimitWindowMs: z.number().int(),
    rateLimitAlgorithm: rateLimitAlgorithmSchema,
    rateLimitEnabled: z.boolean(),
    limits: z.array(namedLimitSchema),
    allowedIps: z.array(z.string()).nullable(),
    remaining: z.number().int().nullable(),
    refillAmount: z.number().int().nullable(),
    refillInterval: z.number().int().nullable(),
    lastRefillAt: instantSchema.nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
    /** Rules that are watched without being enforced. */
    trial: trialSchema.nullable(),
    configId: z.string(),
    viewable: z.boolean(),
    notBefore: instantSchema.nullable(),
    expiresAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
    lastUsedAt: instantSchema.nullable(),
    /** A secret that was rotated out, and still works, has been used since. */
    oldSecretInUse: z.boolean(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    requests24h: z.number().int(),
    failed24h: z.number().int(),
    requests7d: z.number().int(),
    totalRequests: z.number().int(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof tokenSchema>;

/** A row of the list: the token and its last 24 hourly counts, oldest first, the current hour last. */
export const tokenListItemSchema = tokenSchema.extend({ sparkline: z.array(z.number().int()).length(24) }).meta({ id: 'TokenListItem' });
export type TokenListItem = z.infer<typeof tokenListItemSchema>;

/** A token after a change, and where that is in force. */
export const changedTokenSchema = z.object({ token: tokenSchema, effective: effectiveSchema });

/** A token that is gone, and where. */
export const deletedTokenSchema = z.object({ message: z.string(), effective: effectiveSchema });

/** A token just created: the only time `token` – the plain text – is ever given. */
export const createdTokenSchema = tokenSchema.extend({ token: z.string() }).meta({ id: 'CreatedToken' });

export const createTokenInputSchema = z
  .object({
    name: nameSchema,
    description: descriptionSchema.optional(),
    rateLimit: rateLimitSchema.optional(),
    rateLimitWindowMs: windowSchema.optional(),
    rateLimitAlgorithm: rateLimitAlgorithmSchema.optional(),
    allowedEndpoints: endpointPatternsSchema.nullable().optional(),
    ...expiryInput,
    ...accessInput,
    ...boundsInput,
    notBefore: expiresAtInputSchema.nullable().optional(),
    ownerType: newOwnerTypeSchema.nullable().optional(),
    /** Means something beside `ownerType` only. A number is taken for its digits. */
    ownerId: z
      .union([ownerIdSchema, z.number().int().transform(String)])
      .nullable()
      .optional(),
    /** One of the policy's; absent: none. */
    keyType: z.string().max(50).nullable().optional(),
    /** One of the policy's; absent: the one that this deployment serves. */
    environment: z.string().max(50).optional(),
  })
  .refine(({ ownerType, ownerId }) => !ownerType || Boolean(ownerId), {
    path: ['ownerId'],
    message: 'An owner is a type and an id: give both, or neither.',
  })
  .meta({ id: 'CreateTokenInput' });
export type CreateTokenInput = z.infer<typeof createTokenInputSchema>;

/** Partial: absent = unchanged, `null` = cleared. */
export const updateTokenInputSchema = z
  .object({
    id: tokenIdSchema,
    name: nameSchema.optional(),
    description: descriptionSchema.optional(),
    active: z.boolean().optional(),
    rateLimit: rateLimitSchema.optional(),
    rateLimitWindowMs: windowSchema.optional(),
    rateLimitAlgorithm: rateLimitAlgorithmSchema.optional(),
    rateLimitEnabled: z.boolean().optional(),
    allowedEndpoints: endpointPatternsSchema.nullable().optional(),
    ...expiryInput,
    ...accessInput,
    ...boundsInput,
    notBefore: expiresAtInputSchema.nullable().optional(),
  })
  .meta({ id: 'UpdateTokenInput' });
export type UpdateTokenInput = z.infer<typeof updateTokenInputSchema>;

export const tokenSortSchema = z.enum([
  'id',
  'name',
  'status',
  'rate_limit',
  'expires_at',
  'last_used_at',
  'created_at',
  'requests_24h',
  'requests_7d',
  'total_requests',
]);

export const listTokensInputSchema = z.object({
  ...pageInput,
  sort: tokenSortSchema.default('created_at'),
  order: z.enum(['asc', 'desc']).default('desc'),
  /** One or several states; absent: all. */
  status: z.array(tokenStatusSchema).max(4).optional(),
  /** Part of a name, description, prefix, start or last four, or an id. Never a whole secret: `findBySecret` takes that. */
  q: z.string().max(255).optional(),
  /** Tokens of one owner: type and id together. */
  ownerType: ownerTypeSchema.optional(),
  ownerId: ownerIdSchema.optional(),
  keyType: z.string().max(50).optional(),
  environment: z.string().max(50).optional(),
});
export type ListTokensInput = z.infer<typeof listTokensInputSchema>;

export const tokenListSchema = z.object({
  tokens: z.array(tokenListItemSchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
  /** Tokens in each state that match `q`, whatever `status` asks for. */
  counts: z.object({
    all: z.number().int(),
    active: z.number().int(),
    disabled: z.number().int(),
    expired: z.number().int(),
    revoked: z.number().int(),
  }),
});

/** A whole secret as its holder has it; it is digested and forgotten. */
export const findBySecretInputSchema = z.object({ secret: z.string().min(1).max(512) });
export const findBySecretResultSchema = z.object({ token: z.object({ id: tokenIdSchema, name: z.string().nullable() }).nullable() });

export const setActiveInputSchema = z.object({ ids: z.array(tokenIdSchema).min(1).max(1_000), active: z.boolean() });
export const setActiveResultSchema = z.object({
  changed: z.array(tokenIdSchema),
  /** Tokens that can not be switched: unknown or revoked. */
  skipped: z.array(tokenIdSchema),
  effective: effectiveSchema,
});

/** What would notice the end of a token: its traffic of the last hour. */
export const tokenImpactSchema = z.object({
  requestsLastHour: z.number().int(),
  addressesLastHour: z.number().int(),
  lastUsedAt: instantSchema.nullable(),
});

/** The explicit clean-up of tokens that are over (C-18): nothing expires out of the table by itself. */
export const deleteExpiredInputSchema = z.object({
  /** Tokens whose expiry lies before this instant or date. */
  expiredBefore: expiresAtInputSchema,
  /** Only say which would go. */
  dryRun: z.boolean().default(false),
  limit: z.number().int().min(1).max(1_000).default(1_000),
});
export const deleteExpiredResultSchema = z.object({
  /** The tokens that are gone, or would be. */
  ids: z.array(tokenIdSchema),
  /** Whether there are more than `limit`: call again. */
  more: z.boolean(),
  dryRun: z.boolean(),
  /** `null`: a dry run changes nothing. */
  effective: effectiveSchema.nullable(),
});

/** The text of a token whose owner may see it again; `null` for every secret, and for everybody but the owner. */
export const viewableTokenSchema = z.object({ viewableToken: z.string().nullable() });
