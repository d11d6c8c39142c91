import { z } from 'zod';
import { instantSchema, pageInput, tokenIdSchema } from './common.ts';
import { effectiveSchema } from './gateway.ts';
import { ownerIdSchema, ownerTypeSchema } from './token.ts';

/** Whoever tokens belong to. */
export const ownerInputSchema = z.object({ ownerType: ownerTypeSchema, ownerId: ownerIdSchema });

/** What the tokens of one owner add up to. */
export const ownerSchema = z
  .object({
    ownerType: z.string(),
    ownerId: z.string(),
    tokens: z.number().int(),
    active: z.number().int(),
    disabled: z.number().int(),
    expired: z.number().int(),
    revoked: z.number().int(),
    requests24h: z.number().int(),
    failed24h: z.number().int(),
    totalRequests: z.number().int(),
    lastUsedAt: instantSchema.nullable(),
    /** Tokens that are neither revoked nor expired this owner may have; `null`: any number. */
    maxTokens: z.number().int().nullable(),
  })
  .meta({ id: 'Owner' });
export type Owner = z.infer<typeof ownerSchema>;

export const listOwnersInputSchema = z.object({
  ...pageInput,
  sort: z.enum(['owner', 'tokens', 'active', 'requests_24h', 'total_requests', 'last_used_at']).default('tokens'),
  order: z.enum(['asc', 'desc']).default('desc'),
  /** Part of a type or an id. */
  q: z.string().max(255).optional(),
  type: ownerTypeSchema.optional(),
});
export const ownerListSchema = z.object({
  owners: z.array(ownerSchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});

/** An owner, and how many more tokens it may have: over all, and of each key type in each environment. `null`: any number. */
export const ownerDetailSchema = z.object({
  owner: ownerSchema,
  room: z.object({
    tokens: z.number().int().nullable(),
    byType: z.array(z.object({ keyType: z.string(), environment: z.string(), tokens: z.number().int().nullable() })),
  }),
});

export const endOwnerInputSchema = ownerInputSchema.extend({
  /** `true`: the tokens are revoked and stay with their usage. `false`: they are deleted with it. */
  keepHistory: z.boolean().default(true),
});
export const endOwnerResultSchema = z.object({ message: z.string(), ids: z.array(tokenIdSchema), effective: effectiveSchema });
