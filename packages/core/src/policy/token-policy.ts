import type { OwnerPools } from '../limit/rate-limit.ts';
import type { AccessRule } from './access-rule.ts';
import { DEFAULT_KEY_CONFIGURATION, type KeyConfiguration } from './key-configuration.ts';

/**
 * What a deployment says about its tokens: the validated contents of `latchkey.config.ts`. Pure data, so that procedures, guard and
 * console read the same rules. Names are the deployment's own; nothing here is looked up with text that a request brought without `Object.hasOwn`.
 */
export interface TokenPolicy {
  /** Scope → what it allows, in the words people choose it by (S2-142). Empty: any text is a scope (S2-143). */
  readonly scopes: Readonly<Record<string, string>>;
  /** Given to a token that names no scopes, where its owner's rules have none of their own (S2-144). */
  readonly defaultScopes: readonly string[];
  /** Prefix of tokens without a key type (S2-147, 149, 150). `null`: `lk_<segment of the environment>_`. */
  readonly tokenPrefix: string | null;
  /** Empty: tokens have no types (S2-149). */
  readonly keyTypes: Readonly<Record<string, KeyTypeRule>>;
  readonly environments: Readonly<Record<string, EnvironmentRule>>;
  /** What a token without a named environment gets, and what this deployment serves (S2-176, 179). */
  readonly currentEnvironment: string;
  /** Whether tokens of other environments are refused (S2-177, 194, 195). */
  readonly strictEnvironmentIsolation: boolean;
  /** By owner type; `*` stands for every type that is not named (S2-006…009). */
  readonly owners: Readonly<Record<string, OwnerRule>>;
  readonly expiry: ExpiryPolicy;
  /** What the endpoints of the public API ask for beyond a valid token (S2-137). */
  readonly rules: readonly AccessRule[];
  /** Whether `/api/tokens` lets tokens manage the tokens of their owner; otherwise that path is the upstream's, like any other (S0-28). */
  readonly selfManagement: boolean;
  /** The rules of keys that better-auth clients make; at least one (S3-083). */
  readonly apiKeyConfigurations: readonly KeyConfiguration[];
  /** Limits that all tokens of one owner draw from together. */
  readonly pools: OwnerPools;
}

/** What holds for all tokens of one type. */
export interface KeyTypeRule {
  /** First word of the prefix: `sk` makes `sk_live_…` (S2-148). */
  readonly prefix: string;
  /** Scopes that a token of this type can hold at most; requested ones beyond it are left out (S2-174, 180). */
  readonly scopeCeiling: 'all' | readonly string[];
  /** `false`: neither revoked nor deleted, except with its owner (S2-182, 183; C-03). */
  readonly revocable: boolean;
  /** Whether its text is kept for its owner to see again; holds only where it is not revocable (S2-185…189). */
  readonly public: boolean;
  /** Active tokens of this type per owner and environment; `null`: any number (S2-196). */
  readonly limit: number | null;
}

/** What holds for all tokens of one environment. */
export interface EnvironmentRule {
  /** Second word of the prefix: `test` makes `sk_test_…` (S2-175). */
  readonly segment: string;
}

/** What holds for all tokens of owners of one type. */
export interface OwnerRule {
  /** Active tokens of one owner; `null`: any number (S2-006). */
  readonly maxTokens: number | null;
  readonly requireName: boolean;
  /** Instead of the policy's `defaultScopes`; `null`: those (S2-009). */
  readonly defaultScopes: readonly string[] | null;
  /** The only scopes such an owner is offered and may hold; `null`: the whole vocabulary (S2-059). */
  readonly availableScopes: readonly string[] | null;
}

/** How long tokens may live, and what is offered. */
export interface ExpiryPolicy {
  /** Name → seconds from now, `null` for no expiry (S2-088…091). In the order in which they are offered. */
  readonly presets: Readonly<Record<string, number | null>>;
  /** Seconds that a token lives which names no expiry; `null`: for ever (S0-11). */
  readonly defaultSeconds: number | null;
  /** The longest life that may be asked for, in seconds; `null`: any. */
  readonly maxSeconds: number | null;
}

const DAY = 86_400;

/** What holds without a configuration file: two environments, any scope, no types, no bounds. */
export const DEFAULT_POLICY: TokenPolicy = {
  scopes: {},
  defaultScopes: [],
  tokenPrefix: null,
  keyTypes: {},
  environments: { live: { segment: 'live' }, test: { segment: 'test' } },
  currentEnvironment: 'live',
  strictEnvironmentIsolation: false,
  owners: {},
  expiry: {
    presets: {
      no_expiration: null,
      '7_days': 7 * DAY,
      '30_days': 30 * DAY,
      '60_days': 60 * DAY,
      '90_days': 90 * DAY,
      '180_days': 180 * DAY,
      '1_year': 365 * DAY,
    },
    defaultSeconds: null,
    maxSeconds: null,
  },
  rules: [],
  selfManagement: true,
  apiKeyConfigurations: [DEFAULT_KEY_CONFIGURATION],
  pools: {},
};

const NO_OWNER_RULE: OwnerRule = { maxTokens: null, requireName: false, defaultScopes: null, availableScopes: null };

/** The rules for owners of a type; those of `*` where it has none, and none for tokens without an owner. */
export function ownerRuleOf(policy: TokenPolicy, ownerType: string | null): OwnerRule {
  if (ownerType === null) return NO_OWNER_RULE;
  if (Object.hasOwn(policy.owners, ownerType)) return policy.owners[ownerType] ?? NO_OWNER_RULE;
  return policy.owners['*'] ?? NO_OWNER_RULE;
}

/** The rules of a key type, `null` for a token without a type and for one that is not configured (any more). */
export function keyTypeRuleOf(policy: TokenPolicy, keyType: string | null): KeyTypeRule | null {
  return keyType !== null && Object.hasOwn(policy.keyTypes, keyType) ? (policy.keyTypes[keyType] ?? null) : null;
}

/** Whether a token of this type may be revoked and deleted. A type that is not configured (any more) may. */
export function isRevocable(policy: TokenPolicy, keyType: string | null): boolean {
  return keyTypeRuleOf(policy, keyType)?.revocable ?? true;
}

/** Whether the text of a token of this type is kept for its owner (S2-187: only where both hold). */
export function isViewable(policy: TokenPolicy, keyType: string | null): boolean {
  const rule = keyTypeRuleOf(policy, keyType);
  return rule?.public === true && !rule.revocable;
}
