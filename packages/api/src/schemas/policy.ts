import { z } from 'zod';
import { namedLimitSchema } from './limit-fields.ts';

const scopes = z.array(z.string());

/** What the deployment's configuration says about its tokens: what forms offer, and what will be refused. Everything in it is public. */
export const policySchema = z
  .object({
    /** `description` may be empty. No scopes: any text is one. */
    scopes: z.array(z.object({ name: z.string(), description: z.string() })),
    defaultScopes: scopes,
    /** `prefix`: of its tokens in the environment that this deployment serves; `prefixes`: by environment. */
    keyTypes: z.array(
      z.object({
        name: z.string(),
        prefix: z.string(),
        prefixes: z.record(z.string(), z.string()),
        /** `null`: any scope. */
        scopeCeiling: scopes.nullable(),
        revocable: z.boolean(),
        viewable: z.boolean(),
        limit: z.number().int().nullable(),
      }),
    ),
    /** `prefix`: of tokens without a key type. */
    environments: z.array(z.object({ name: z.string(), prefix: z.string() })),
    currentEnvironment: z.string(),
    strictEnvironmentIsolation: z.boolean(),
    owners: z.array(
      z.object({
        /** `*`: every type that is not named. */
        type: z.string(),
        maxTokens: z.number().int().nullable(),
        requireName: z.boolean(),
        defaultScopes: scopes.nullable(),
        availableScopes: scopes.nullable(),
      }),
    ),
    expiry: z.object({
      /** In the order in which they are offered; `seconds: null` stands for no expiry. */
      presets: z.array(z.object({ name: z.string(), seconds: z.number().int().nullable() })),
      defaultSeconds: z.number().int().nullable(),
      maxSeconds: z.number().int().nullable(),
    }),
    rules: z.array(
      z.object({
        endpoint: z.string(),
        scopes,
        /** Resources with their actions, `files:read`. */
        permissions: scopes,
        cost: z.number().int(),
      }),
    ),
    /** Limits that all tokens of one owner draw from together. `type`: of the owner; `*`: every type that is not named. */
    pools: z.array(z.object({ type: z.string(), limits: z.array(namedLimitSchema) })),
    /** Whether tokens manage the tokens of their owner under `/api/tokens`. */
    selfManagement: z.boolean(),
    /** The configurations of keys that better-auth clients make. */
    apiKeyConfigIds: z.array(z.string()),
  })
  .meta({ id: 'Policy' });
export type Policy = z.infer<typeof policySchema>;
