import { isChosenPrefix, type KeyConfiguration } from '@latchkey/core';
import { z } from 'zod';

const LONGEST_NAME = 255;
const LONGEST_PREFIX = 32;
const LONGEST_DAYS = 36_500;

const whole = (min: number, max: number) =>
  z.number().int('must be a whole number').min(min, `must be ${min} or more`).max(max, `must be ${max} or less`);

const keyConfiguration = z
  .strictObject({
    configId: z
      .string()
      .regex(/^[\w-]{1,50}$/, 'must be a name of letters, digits, "_" and "-"')
      .default('default'),
    references: z.enum(['user', 'organization']).default('user'),
    defaultPrefix: z.string().refine(isChosenPrefix, 'must be up to 32 letters, digits, "_" and "-"').optional(),
    minimumPrefixLength: whole(1, LONGEST_PREFIX).default(1),
    maximumPrefixLength: whole(1, LONGEST_PREFIX).default(LONGEST_PREFIX),
    minimumNameLength: whole(1, LONGEST_NAME).default(1),
    maximumNameLength: whole(1, LONGEST_NAME).default(32),
    requireName: z.boolean().default(false),
    enableMetadata: z.boolean().default(false),
    startingCharactersConfig: z
      .strictObject({ shouldStore: z.boolean().default(true), charactersLength: whole(1, LONGEST_PREFIX).default(6) })
      .prefault({}),
    keyExpiration: z
      .strictObject({
        /** Seconds; `null`: for ever. */
        defaultExpiresIn: whole(1, LONGEST_DAYS * 86_400)
          .nullable()
          .default(null),
        disableCustomExpiresTime: z.boolean().default(false),
        /** Days. */
        minExpiresIn: z.number().min(0, 'must be 0 or more').max(LONGEST_DAYS).default(1),
        /** Days. */
        maxExpiresIn: z.number().min(0, 'must be 0 or more').max(LONGEST_DAYS).default(365),
      })
      .prefault({}),
    rateLimit: z
      .strictObject({
        enabled: z.boolean().default(true),
        /** Milliseconds. */
        timeWindow: whole(1_000, 31 * 86_400_000).default(86_400_000),
        maxRequests: whole(1, 1_000_000_000).default(10),
      })
      .prefault({}),
    permissions: z.strictObject({ defaultPermissions: z.record(z.string().min(1), z.array(z.string().min(1))).optional() }).prefault({}),
    storage: z.enum(['database', 'secondary-storage']).default('database'),
    fallbackToDatabase: z.boolean().default(false),
    deferUpdates: z.boolean().default(false),
  })
  .refine((one) => one.minimumPrefixLength <= one.maximumPrefixLength, 'minimumPrefixLength is above maximumPrefixLength')
  .refine((one) => one.minimumNameLength <= one.maximumNameLength, 'minimumNameLength is above maximumNameLength')
  .refine(
    ({ keyExpiration: { minExpiresIn, maxExpiresIn } }) => minExpiresIn <= maxExpiresIn,
    'keyExpiration.minExpiresIn is above maxExpiresIn',
  )
  .transform(
    (one): KeyConfiguration => ({
      configId: one.configId,
      references: one.references,
      defaultPrefix: one.defaultPrefix ?? null,
      prefixLength: { min: one.minimumPrefixLength, max: one.maximumPrefixLength },
      nameLength: { min: one.minimumNameLength, max: one.maximumNameLength },
      requireName: one.requireName,
      metadataEnabled: one.enableMetadata,
      startLength: one.startingCharactersConfig.shouldStore ? one.startingCharactersConfig.charactersLength : 0,
      expiry: {
        defaultSeconds: one.keyExpiration.defaultExpiresIn,
        customAllowed: !one.keyExpiration.disableCustomExpiresTime,
        minDays: one.keyExpiration.minExpiresIn,
        maxDays: one.keyExpiration.maxExpiresIn,
      },
      rateLimit: { enabled: one.rateLimit.enabled, max: one.rateLimit.maxRequests, windowMs: one.rateLimit.timeWindow },
      defaultPermissions: one.permissions.defaultPermissions ?? null,
      deferUpdates: one.deferUpdates,
      // Every key is in the database here. What lives elsewhere by its configuration has somebody else who tidies up (S3-095, S3-110).
      purgesExpired: one.storage === 'database' || one.fallbackToDatabase,
    }),
  );

/** The options of better-auth's API key plug-in as they stand in its own configuration: one set of them, or a list (S3-083, S3-110, S3-111). */
export const keyConfigurationsSchema = z
  .union([keyConfiguration.transform((one) => [one]), z.array(keyConfiguration).min(1, 'must have one configuration or more').max(100)])
  .refine((list) => new Set(list.map(({ configId }) => configId)).size === list.length, 'names the same configId twice');
