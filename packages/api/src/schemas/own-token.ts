import { z } from 'zod';
import { instantSchema, pageInput } from './common.ts';
import { limitStatusSchema } from './limit.ts';
import { tokenSchema } from './token.ts';

/** What a token may know of itself and of others of its owner: no secret, no figures, and nothing that administrators note about it. */
const known = {
  id: true,
  name: true,
  status: true,
  prefix: true,
  start: true,
  last4: true,
  keyType: true,
  environment: true,
  scopes: true,
  permissions: true,
  allowedEndpoints: true,
  notBefore: true,
  expiresAt: true,
  lastUsedAt: true,
  createdAt: true,
  updatedAt: true,
} as const;

/** A token as another token of its owner sees it. */
export const ownTokenSchema = tokenSchema
  .pick({ ...known, rateLimit: true, rateLimitWindowMs: true, rateLimitAlgorithm: true, revokedAt: true })
  .extend({
    /** Whether it is the one that asks. */
    current: z.boolean(),
  });
export type OwnToken = z.infer<typeof ownTokenSchema>;

const ownCounts = {
  requests: z.number().int(),
  successfulRequests: z.number().int(),
  failedRequests: z.number().int(),
};

/** A token as it sees itself: its rules, what is left of its limits as the guard counts them now, and its last 24 hours. */
export const ownTokenStateSchema = tokenSchema
  .pick({ ...known, allowedIps: true })
  .extend({
    /** From when on the secret that was presented no longer works, because another one replaces it; `null`: as long as the token. */
    secretExpiresAt: instantSchema.nullable(),
    /** Each window that its requests are counted in; empty: not limited. */
    limits: limitStatusSchema.shape.windows,
    quota: limitStatusSchema.shape.quota,
    /** Whole hours, the running one last, hours without requests included. */
    last24h: z.object({ ...ownCounts, byHour: z.array(z.object({ hour: instantSchema, ...ownCounts })) }),
  })
  .meta({ id: 'OwnTokenState' });
export type OwnTokenState = z.infer<typeof ownTokenStateSchema>;

export const listOwnTokensInputSchema = z.object(pageInput);
export const ownTokenListSchema = z.object({
  tokens: z.array(ownTokenSchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});

/** The only time that the text of the token is given. */
export const mintedTokenSchema = z.object({ token: z.string() });
