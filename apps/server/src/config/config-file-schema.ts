import { limitNameFault, parseEndpointPattern } from '@latchkey/core';
import { z } from 'zod';
import { callbacksSchema } from './callbacks.ts';
import { keyConfigurationsSchema } from './key-configuration-schema.ts';

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/i, 'must be a name of letters, digits, "_" and "-"');
const word = z.string().regex(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/, 'must be lower-case words with "_" between them, such as "sk"');
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, 'must be a scope: text without spaces, quotes and backslashes');
const scopes = z.array(scope);
const seconds = z
  .number()
  .int('must be whole seconds')
  .min(1, 'must be 1 second or more')
  .max(100 * 365 * 86_400, 'must be 100 years or less');
const count = z.number().int('must be a whole number').min(1, 'must be 1 or more');

/** A value, or a function that answers it once, at the start. */
function orFunction<Schema extends z.ZodType<string, string>>(schema: Schema) {
  return z.union([
    schema,
    z
      .custom<() => string>((value) => typeof value === 'function')
      .transform((make) => make())
      .pipe(schema),
  ]);
}

const keyType = z.strictObject({
  prefix: word,
  permissions: z.union([z.literal('all'), scopes], 'must be "all" or a list of scopes').default('all'),
  revocable: z.boolean().default(true),
  public: z.boolean().default(false),
  limit: count.nullable().default(null),
});

const ownerRule = z.strictObject({
  maxTokens: count.nullable().default(null),
  requireName: z.boolean().default(false),
  defaultScopes: scopes.nullable().default(null),
  availableScopes: scopes.nullable().default(null),
});

const expiry = z.strictObject({
  presets: z.record(name.or(z.string().regex(/^\w{1,50}$/, 'must be a name such as "30_days"')), seconds.nullable()).optional(),
  /** Seconds; `null`: for ever. */
  default: seconds.nullable().default(null),
  max: seconds.nullable().default(null),
});

const accessRule = z.strictObject({
  endpoint: z
    .string()
    .max(255)
    .superRefine((pattern, context) => {
      const parsed = parseEndpointPattern(pattern);
      if (!parsed.ok) context.addIssue(parsed.message);
    }),
  scopes: scopes.default([]),
  permissions: z
    .record(z.string().min(1), z.array(z.string().min(1)))
    .nullable()
    .default(null),
  cost: count.max(1_000_000, 'must be 1,000,000 or less').default(1),
});

const poolLimit = z.strictObject({
  name: z.string().superRefine((text, context) => {
    const fault = limitNameFault(text);
    if (fault !== null) context.addIssue(fault);
  }),
  max: count.max(1_000_000_000, 'must be 1,000,000,000 or less'),
  windowMs: z
    .number()
    .int('must be whole milliseconds')
    .min(1_000, 'must be 1,000 ms or more')
    .max(31 * 86_400_000, 'must be 31 days or less'),
  algorithm: z.enum(['fixed', 'sliding']).default('fixed'),
});
const pool = z
  .array(poolLimit)
  .max(10, 'may be 10 limits at most')
  .refine((limits) => new Set(limits.map((limit) => limit.name)).size === limits.length, 'must have a different name for each limit');

/** The shape of `latchkey.config.ts`. What its members must be to each other is checked in `to-token-policy.ts`. */
export const configFileSchema = z.strictObject({
  scopes: z
    .union([
      z.record(scope, z.string().max(500)),
      scopes.transform((list): Record<string, string> => Object.fromEntries(list.map((each) => [each, '']))),
    ])
    .default({}),
  defaultScopes: scopes.default([]),
  tokenPrefix: orFunction(z.string().regex(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*_$/, 'must be lower-case words, each followed by "_": "myapp_"'))
    .nullable()
    .default(null),
  keyTypes: z.record(name, keyType).default({}),
  environments: z.record(name, z.strictObject({ prefixSegment: word })).optional(),
  currentEnvironment: orFunction(name).optional(),
  strictEnvironmentIsolation: z.boolean().default(false),
  owners: z.record(name.or(z.literal('*')), ownerRule).default({}),
  expiry: expiry.prefault({}),
  selfManagement: z.boolean().default(true),
  apiKeyConfigurations: keyConfigurationsSchema.prefault({}),
  /** Limits that all tokens of one owner draw from together, by owner type; `*` stands for every type that is not named. */
  pools: z.record(name.or(z.literal('*')), pool).default({}),
  callbacks: callbacksSchema.optional(),
  rules: z.array(accessRule).max(1_000, 'may be 1,000 rules at most').default([]),
});

export type ParsedConfigFile = z.output<typeof configFileSchema>;
