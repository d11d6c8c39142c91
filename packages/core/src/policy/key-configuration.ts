import type { Permissions } from '../decision/permissions.ts';

/** One named set of rules for the keys of the better-auth routes (S3-083). Complete: every member has a value. */
export interface KeyConfiguration {
  /** `default` is the one that calls without a `configId` get. */
  readonly configId: string;
  /** Who owns its keys (S3-121). */
  readonly references: 'user' | 'organization';
  /** In front of keys that choose none; `null`: nothing. */
  readonly defaultPrefix: string | null;
  readonly prefixLength: LengthBounds;
  readonly nameLength: LengthBounds;
  readonly requireName: boolean;
  /** Whether keys may carry metadata. */
  readonly metadataEnabled: boolean;
  /** How many characters of a key are kept to be shown, its prefix included; 0: none (S3-037). */
  readonly startLength: number;
  readonly expiry: KeyExpiryRule;
  readonly rateLimit: KeyRateLimitRule;
  /** Held by keys that are made without permissions of their own; `null`: none. */
  readonly defaultPermissions: Permissions | null;
  /** Whether clean-up waits until the answer has left (S3-105, S3-111). */
  readonly deferUpdates: boolean;
  /** Whether expired keys are removed as a side effect of other calls (S3-095). */
  readonly purgesExpired: boolean;
}

/** In UTF-16 units, both ends included. */
export interface LengthBounds {
  readonly min: number;
  readonly max: number;
}

/** How long keys live, and what callers may choose of it. */
export interface KeyExpiryRule {
  /** Seconds that a key lives which asks for nothing; `null`: for ever. */
  readonly defaultSeconds: number | null;
  /** Whether callers may ask for an expiry of their own. */
  readonly customAllowed: boolean;
  readonly minDays: number;
  readonly maxDays: number;
}

/** The limit of a key that asks for none. */
export interface KeyRateLimitRule {
  readonly enabled: boolean;
  readonly max: number;
  readonly windowMs: number;
}

/** What holds without any configuration: the defaults of better-auth's plug-in, ten requests a day included. */
export const DEFAULT_KEY_CONFIGURATION: KeyConfiguration = {
  configId: 'default',
  references: 'user',
  defaultPrefix: null,
  prefixLength: { min: 1, max: 32 },
  nameLength: { min: 1, max: 32 },
  requireName: false,
  metadataEnabled: false,
  startLength: 6,
  expiry: { defaultSeconds: null, customAllowed: true, minDays: 1, maxDays: 365 },
  rateLimit: { enabled: true, max: 10, windowMs: 86_400_000 },
  defaultPermissions: null,
  deferUpdates: false,
  purgesExpired: true,
};

/** Whether an id stands for the default configuration: none, empty, or `default` (S3-084). */
export function isDefaultConfigId(configId: string | null | undefined): boolean {
  return configId === null || configId === undefined || configId === '' || configId === 'default';
}

/** Whether two ids name the same configuration (S3-085, S3-086). */
export function configIdsMatch(a: string | null | undefined, b: string | null | undefined): boolean {
  return (isDefaultConfigId(a) && isDefaultConfigId(b)) || a === b;
}

/**
 * The configuration that an id stands for: without an id the default one, else the first; a known id its own; an unknown id the
 * default one (S3-087…090). `null`: the id is unknown and there is no default (S3-091).
 */
export function resolveKeyConfiguration(
  configurations: readonly KeyConfiguration[],
  configId: string | null | undefined,
): KeyConfiguration | null {
  const fallback = configurations.find((one) => isDefaultConfigId(one.configId)) ?? null;
  if (configId === null || configId === undefined || configId === '') return fallback ?? configurations[0] ?? null;
  return configurations.find((one) => one.configId === configId) ?? fallback;
}
