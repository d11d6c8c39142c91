import type { NamedLimit, RateLimitAlgorithm, TokenTrial } from '@latchkey/core';
import { defineEntity, p } from '@mikro-orm/core';

/** Bounds that the table keeps, whoever writes it. The migrations hold the same rules; `migrate check` compares the two. */
const checks = [
  { name: 'api_tokens_name_check', expression: `name ~ '[^[:space:]]'` },
  { name: 'api_tokens_owner_check', expression: '(owner_type is null) = (owner_id is null)' },
  { name: 'api_tokens_scopes_check', expression: 'array_position(scopes, null) is null' },
  { name: 'api_tokens_permissions_check', expression: `jsonb_typeof(permissions) = 'object'` },
  {
    name: 'api_tokens_allowed_endpoints_check',
    expression: `array_position(allowed_endpoints, null) is null and array_position(allowed_endpoints, '') is null`,
  },
  { name: 'api_tokens_rate_limit_max_check', expression: 'rate_limit_max >= 1' },
  { name: 'api_tokens_rate_limit_window_check', expression: 'rate_limit_window_ms >= 1000 and rate_limit_window_ms <= 2678400000' },
  { name: 'api_tokens_rate_limit_algorithm_check', expression: `rate_limit_algorithm in ('fixed', 'sliding')` },
  { name: 'api_tokens_limits_check', expression: `jsonb_typeof(limits) = 'array' and jsonb_array_length(limits) <= 10` },
  {
    name: 'api_tokens_allowed_ips_check',
    expression: `array_position(allowed_ips, null) is null and array_position(allowed_ips, '') is null`,
  },
  { name: 'api_tokens_remaining_check', expression: 'remaining >= 0' },
  {
    name: 'api_tokens_refill_check',
    expression: '(refill_amount is null) = (refill_interval_ms is null) and refill_amount >= 1 and refill_interval_ms >= 1',
  },
  { name: 'api_tokens_viewable_check', expression: 'viewable_text is null or key_type is not null' },
  { name: 'api_tokens_metadata_check', expression: `jsonb_typeof(metadata) = 'object'` },
  { name: 'api_tokens_trial_check', expression: `jsonb_typeof(trial) = 'object'` },
  { name: 'api_tokens_times_check', expression: 'isfinite(not_before) and isfinite(expires_at) and isfinite(revoked_at)' },
];

/** The rules on trial as the row holds them. */
export interface StoredTrial extends TokenTrial {
  readonly allowedEndpoints: string[] | null;
  readonly scopes: string[] | null;
  /** Who proposed them, by name. */
  readonly by: string;
}

const TokenBase = defineEntity({
  name: 'Token',
  tableName: 'api_tokens',
  checks,
  indexes: [
    { name: 'api_tokens_owner_index', properties: ['ownerType', 'ownerId'] },
    {
      name: 'api_tokens_expires_at_index',
      expression: 'create index api_tokens_expires_at_index on api_tokens (expires_at) where expires_at is not null and revoked_at is null',
    },
    { name: 'api_tokens_purge_index', properties: ['purgeable', 'expiresAt'] },
  ],
  properties: {
    id: p.integer().primary().generated('by default as identity'),
    name: p.string().length(255).nullable(),
    description: p.text().nullable(),
    ownerType: p.string().length(50).nullable(),
    ownerId: p.string().length(255).nullable(),
    createdBy: p.string().length(255).nullable(),
    keyType: p.string().length(50).nullable(),
    environment: p.string().length(50).nullable(),
    configId: p.string().length(255).default('default'),
    prefix: p.string().length(64),
    start: p.string().length(32),
    last4: p.string().length(4),
    scopes: p.array().columnType('text[]').default([]),
    permissions: p.json<Record<string, string[]>>().nullable(),
    allowedEndpoints: p.array().columnType('text[]').nullable(),
    allowedIps: p.array().columnType('text[]').nullable(),
    rateLimitMax: p.integer().nullable(),
    rateLimitWindowMs: p.bigint('number').defaultRaw('60000'),
    rateLimitAlgorithm: p.string().$type<RateLimitAlgorithm>().length(20).default('fixed'),
    rateLimitEnabled: p.boolean().default(true),
    limits: p.json<NamedLimit[]>().defaultRaw(`'[]'`),
    remaining: p.bigint('number').nullable(),
    refillAmount: p.bigint('number').nullable(),
    refillIntervalMs: p.bigint('number').nullable(),
    lastRefillAt: p.datetime(3).nullable(),
    quotaEpoch: p.bigint('number').defaultRaw('0'),
    metadata: p.json<Record<string, unknown>>().nullable(),
    viewableText: p.string().length(255).nullable().hidden(),
    trial: p.json<StoredTrial>().nullable(),
    purgeable: p.boolean().default(false),
    active: p.boolean().default(true),
    strict: p.boolean().default(false),
    notBefore: p.datetime(3).nullable(),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
    // Counted up by a trigger with every change of a secret, which makes that a change of the token.
    secretsRevision: p.integer().default(0),
    // Stamped by a trigger, whatever is given.
    version: p.bigint('number').defaultRaw('0'),
    createdAt: p.datetime(3).defaultRaw('now()'),
    updatedAt: p.datetime(3).defaultRaw('now()'),
  },
});

/** A row of `api_tokens`: the unit of work's view of a token. Stays inside this package. */
export class Token extends TokenBase.class {}
TokenBase.setClass(Token);
