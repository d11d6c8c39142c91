import { z } from 'zod';
import { instantSchema, tokenIdSchema } from './common.ts';
import { effectiveSchema } from './gateway.ts';
import { createdTokenSchema, tokenSchema } from './token.ts';

const MAX_OVERLAP_SECONDS = 7 * 86_400;

/** `current`, `overlapping` (an older one that still works), `ended` (its overlap is over), or `revoked` by hand. */
export const secretStateSchema = z.enum(['current', 'overlapping', 'ended', 'revoked']);

/** One text by which a token is known, and who uses it. Never the text or its digest. */
export const tokenSecretSchema = z
  .object({
    id: tokenIdSchema,
    state: secretStateSchema,
    prefix: z.string(),
    start: z.string(),
    last4: z.string(),
    createdAt: instantSchema,
    createdBy: z.string().nullable(),
    /** Since when a newer one is the current one. */
    supersededAt: instantSchema.nullable(),
    /** End of its overlap: the latest possible one where `quietHours` is set. */
    endsAt: instantSchema.nullable(),
    /** It ends earlier once it was not used for so many hours. */
    quietHours: z.number().nullable(),
    revokedAt: instantSchema.nullable(),
    algorithm: z.enum(['hmac-sha256', 'sha256', 'bcrypt']),
    lastUsedAt: instantSchema.nullable(),
    /** As `lastUsedAt`, refused requests included; address and user agent are those of this request. */
    lastSeenAt: instantSchema.nullable(),
    lastIp: z.string().nullable(),
    lastUserAgent: z.string().nullable(),
    requests24h: z.number().int(),
    requests7d: z.number().int(),
    totalRequests: z.number().int(),
  })
  .meta({ id: 'TokenSecret' });
export type TokenSecret = z.infer<typeof tokenSecretSchema>;

/** Oldest first. */
export const tokenSecretsSchema = z.object({ secrets: z.array(tokenSecretSchema) });

/** Seconds of overlap or hours of quiet, not both; neither: a day of overlap. */
export const rotateTokenInputSchema = z
  .object({
    id: tokenIdSchema,
    overlapSeconds: z
      .number({ error: 'overlap_seconds must be a whole number of seconds.' })
      .int('overlap_seconds must be a whole number of seconds.')
      .min(0, 'overlap_seconds must be 0 or more; 0 ends the old secret at once.')
      .max(MAX_OVERLAP_SECONDS, 'overlap_seconds may be at most 604,800, which is 7 days.')
      .optional(),
    quietHours: z
      .number({ error: 'quiet_hours must be a whole number of hours.' })
      .int('quiet_hours must be a whole number of hours.')
      .min(1, 'quiet_hours must be 1 or more.')
      .max(168, 'quiet_hours may be at most 168, which is 7 days.')
      .optional(),
  })
  .meta({ id: 'RotateTokenInput' });
export type RotateTokenInput = z.infer<typeof rotateTokenInputSchema>;

export const rotatedTokenSchema = z.object({
  /** With `token`, the new plain text: the only time it is given. */
  token: createdTokenSchema,
  secrets: z.array(tokenSecretSchema),
  /** Secrets of an earlier rotation that ended now, because a token has at most two that work. */
  ended: z.array(tokenIdSchema),
  effective: effectiveSchema,
  message: z.string(),
});

export const revokeSecretInputSchema = z.object({ id: tokenIdSchema, secretId: tokenIdSchema }).meta({ id: 'RevokeSecretInput' });
export const revokedSecretSchema = z.object({ token: tokenSchema, secrets: z.array(tokenSecretSchema), effective: effectiveSchema });

/** How many live secrets are stored under each token secret of the server. */
export const tokenSecretVersionsSchema = z.object({
  versions: z.array(
    z.object({
      /** Short id of the token secret: says nothing about it. */
      version: z.number().int(),
      /** Under which new digests are made. */
      isNewest: z.boolean(),
      /** `false`: no process with this configuration knows the secret any more, so its tokens are refused. */
      isConfigured: z.boolean(),
      tokens: z.number().int(),
    }),
  ),
  /** Imported ones that nobody has used yet, which no token secret keys. */
  unkeyed: z.object({ sha256: z.number().int(), bcrypt: z.number().int() }),
});
