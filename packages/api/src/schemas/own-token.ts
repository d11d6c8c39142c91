import { z } from 'zod';
import { pageInput } from './common.ts';
import { tokenSchema } from './token.ts';

/** A token as another token of its owner sees it: no secret, no figures, and nothing that administrators note about it. */
export const ownTokenSchema = tokenSchema
  .pick({
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
    rateLimit: true,
    rateLimitWindowMs: true,
    rateLimitAlgorithm: true,
    notBefore: true,
    expiresAt: true,
    revokedAt: true,
    lastUsedAt: true,
    createdAt: true,
    updatedAt: true,
  })
  .extend({
    /** Whether it is the one that asks. */
    current: z.boolean(),
  });
export type OwnToken = z.infer<typeof ownTokenSchema>;

export const listOwnTokensInputSchema = z.object(pageInput);
export const ownTokenListSchema = z.object({
  tokens: z.array(ownTokenSchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});

/** The only time that the text of the token is given. */
export const mintedTokenSchema = z.object({ token: z.string() });
