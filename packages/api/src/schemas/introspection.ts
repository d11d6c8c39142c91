import { z } from 'zod';

/** A token's text, and what the caller takes it for. Every text is looked up in the same way, so the hint changes nothing (RFC 7009 §2.1). */
export const presentedTokenInputSchema = z.object({
  token: z.string().min(1, 'token must not be empty.').max(4_096),
  tokenTypeHint: z.string().max(64).optional(),
});
export type PresentedTokenInput = z.infer<typeof presentedTokenInputSchema>;

const seconds = z.number().int();

/** What is said of a token that is good (RFC 7662 §2.2). Members that a token has nothing for are not there. */
export const activeTokenSchema = z.object({
  active: z.literal(true),
  /** Scopes with a space between them. */
  scope: z.string().optional(),
  /** `token:12`: limits, quota and usage are kept by token. */
  clientId: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds since 1970, as `iat` and `nbf`. Of the secret that was presented, where it ends before the token. */
  exp: seconds.optional(),
  iat: seconds,
  nbf: seconds.optional(),
  /** `type:id` of its owner; `token:12` for a token of nobody. */
  sub: z.string(),
  /** The token's id. */
  jti: z.string(),
  permissions: z.record(z.string(), z.array(z.string())).optional(),
  /** Endpoints it is restricted to. */
  allowedEndpoints: z.array(z.string()).optional(),
  environment: z.string().optional(),
});

/** Of any other text nothing is said, and not why. */
export const introspectionSchema = z.discriminatedUnion('active', [activeTokenSchema, z.object({ active: z.literal(false) })]);
export type Introspection = z.infer<typeof introspectionSchema>;
