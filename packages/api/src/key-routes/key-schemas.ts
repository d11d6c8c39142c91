import { z } from 'zod';
import { isStorableText, UNSTORABLE_TEXT } from '../schemas/common.ts';
import { isStorableJson } from './is-storable-json.ts';

const LARGEST_COUNT = 1_000_000_000_000;
const LONGEST_WINDOW_MS = 31 * 86_400_000;
const LONGEST_TEXT = 255;
const UNSTORABLE_JSON = 'At most 16,384 characters as JSON and 32 levels; no NUL character, no halves of surrogate pairs.';

const text = (description: string) => z.string().max(LONGEST_TEXT).refine(isStorableText, UNSTORABLE_TEXT).meta({ description });
/** Ids travel as text; numbers are taken, too (C-27). */
const idText = (description: string) => z.union([text(description), z.number().int().transform(String)]).meta({ description });
const count = (min: number, description: string) => z.number().int().min(min).max(LARGEST_COUNT).meta({ description });

export const keyPermissionsSchema = z
  .record(z.string(), z.array(z.string()))
  .refine(isStorableJson, UNSTORABLE_JSON)
  .meta({ description: 'Resource → actions.' });

/** How long it may be is the configuration's to say. */
const nameSchema = z.string().refine(isStorableText, UNSTORABLE_TEXT).meta({ description: 'Name of the key.' });

const configId = text('Id of a configuration. Absent: the default one.').nullable().optional();

/** What both create and update take (S3-011…023). Lengths and bounds of a configuration are checked after this. */
const settings = {
  configId,
  expiresIn: z.number().min(1).nullable().optional().meta({ description: 'Seconds until the key expires; null: never.' }),
  refillAmount: count(1, 'What `remaining` is set to by a refill. Server only.').optional(),
  refillInterval: count(1, 'Milliseconds between refills. Server only.').optional(),
  rateLimitTimeWindow: z
    .number()
    .int()
    .min(1_000)
    .max(LONGEST_WINDOW_MS)
    .optional()
    .meta({ description: 'Milliseconds of the rate-limit window. Server only.' }),
  rateLimitMax: z
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'Requests allowed within a window. Server only.' }),
  rateLimitEnabled: z.boolean().optional().meta({ description: 'Whether the rate limit holds. Server only.' }),
  metadata: z
    .unknown()
    .optional()
    .refine((value) => value === undefined || isStorableJson(value), UNSTORABLE_JSON)
    .meta({ description: 'Any object, where the configuration allows metadata.' }),
  userId: idText('The user whose key it is. Server only.')
    .refine((id) => id !== '', 'Name a user.')
    .optional(),
};

export const createKeyBodySchema = z.object({
  ...settings,
  name: nameSchema.nullable().optional(),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'A prefix is made of letters, digits, "_" and "-".')
    .optional()
    .meta({ description: 'What the key starts with.' }),
  remaining: count(0, 'Requests the key may still make; null: any number. Server only.').nullable().optional(),
  permissions: keyPermissionsSchema.optional(),
  organizationId: idText('The organization whose key it is.').optional(),
});
export type CreateKeyBody = z.infer<typeof createKeyBodySchema>;

export const updateKeyBodySchema = z.object({
  ...settings,
  keyId: idText('Id of the key.'),
  name: nameSchema.optional(),
  enabled: z.boolean().optional().meta({ description: 'Whether the key works.' }),
  remaining: count(1, 'Requests the key may still make; null: any number. Server only.').nullable().optional(),
  permissions: keyPermissionsSchema.nullable().optional(),
});
export type UpdateKeyBody = z.infer<typeof updateKeyBodySchema>;

export const verifyKeyBodySchema = z.object({
  configId,
  key: z.string().meta({ description: 'The whole key.' }),
  permissions: keyPermissionsSchema.optional(),
  ipAddress: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .meta({ description: 'Address of whoever sent the key. Keys that are bound to addresses pass only with it.' }),
});
export type VerifyKeyBody = z.infer<typeof verifyKeyBodySchema>;

export const deleteKeyBodySchema = z.object({ configId, keyId: idText('Id of the key.'), userId: settings.userId });
export type DeleteKeyBody = z.infer<typeof deleteKeyBodySchema>;

export const getKeyQuerySchema = z.object({ configId, id: idText('Id of the key.'), userId: settings.userId });
export type GetKeyQuery = z.infer<typeof getKeyQuerySchema>;

export const listKeysQuerySchema = z.object({
  configId: text('Only keys of this configuration.').optional(),
  organizationId: text('Keys of this organization instead of your own.').optional(),
  userId: settings.userId,
  limit: z.coerce.number().int().min(0).max(1_000).optional().meta({ description: 'Keys of a page, at most 1,000. Absent: 1,000.' }),
  offset: z.coerce.number().int().min(0).max(1_000_000).optional().meta({ description: 'Keys to skip.' }),
  sortBy: z
    .enum(['id', 'name', 'enabled', 'rateLimitMax', 'expiresAt', 'lastRequest', 'createdAt'])
    .optional()
    .meta({ description: 'Member to sort by.' }),
  sortDirection: z.enum(['asc', 'desc']).optional(),
});
export type ListKeysQuery = z.infer<typeof listKeysQuerySchema>;

/** A key as these routes show it (S3-033…052, C-26): never its text, never its digest. */
export const keyRecordSchema = z.object({
  id: z.string(),
  configId: z.string(),
  name: z.string().nullable(),
  start: z.string().nullable(),
  prefix: z.string().nullable(),
  enabled: z.boolean(),
  referenceId: z.string(),
  userId: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastRequest: z.iso.datetime().nullable(),
  requestCount: z.number(),
  rateLimitEnabled: z.boolean(),
  rateLimitMax: z.number().nullable(),
  rateLimitTimeWindow: z.number().nullable(),
  remaining: z.number().nullable(),
  refillAmount: z.number().nullable(),
  refillInterval: z.number().nullable(),
  lastRefillAt: z.iso.datetime().nullable(),
  permissions: z.record(z.string(), z.array(z.string())).nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
});
export type KeyRecord = z.infer<typeof keyRecordSchema>;

/** The only time `key`, the whole text, is given (S3-053). */
export const createdKeySchema = keyRecordSchema.extend({ key: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;

export const verificationSchema = z.object({
  valid: z.boolean(),
  error: z.looseObject({ code: z.string(), message: z.string(), details: z.object({ tryAgainIn: z.number() }).optional() }).nullable(),
  key: keyRecordSchema.nullable(),
});
export type KeyVerification = z.infer<typeof verificationSchema>;

export const keyListSchema = z.object({
  apiKeys: z.array(keyRecordSchema),
  total: z.number(),
  limit: z.number().nullable(),
  offset: z.number().nullable(),
});
export type KeyList = z.infer<typeof keyListSchema>;

export const successSchema = z.object({ success: z.boolean() });
export const cleanupResultSchema = z.object({ success: z.boolean(), error: z.looseObject({ message: z.string() }).nullable() });
