import type { StoredTrial, Token } from './token-entity.ts';
import type { TokenPatch } from './token-store.ts';

/** What an audit row says of a change: only the members that changed. */
export interface TokenChanges {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

/** The settings of a token by the names that the outside knows, as an audit row shows them. */
export function describeToken(token: Token): Record<string, unknown> {
  return {
    name: token.name,
    description: token.description,
    owner: token.ownerType === null ? null : `${token.ownerType}:${token.ownerId}`,
    keyType: token.keyType,
    environment: token.environment,
    active: token.active,
    rateLimit: token.rateLimitMax,
    rateLimitWindowMs: token.rateLimitWindowMs,
    rateLimitAlgorithm: token.rateLimitAlgorithm,
    rateLimitEnabled: token.rateLimitEnabled,
    limits: token.limits,
    allowedIps: token.allowedIps,
    remaining: token.remaining,
    refillAmount: token.refillAmount,
    refillInterval: token.refillIntervalMs,
    // What is left may be set to what it happens to be: that is a change, too.
    quotaEpoch: token.quotaEpoch,
    allowedEndpoints: token.allowedEndpoints,
    scopes: token.scopes,
    permissions: token.permissions,
    metadata: token.metadata,
    notBefore: token.notBefore?.toISOString() ?? null,
    trial: token.trial ? describeTrial(token.trial) : null,
    expiresAt: token.expiresAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
  };
}

/** Makes a change and answers what it changed, or `null` for a change that changed nothing. */
export function changeToken(token: Token, change: (token: Token) => void): TokenChanges | null {
  const old = describeToken(token);
  change(token);
  const current = describeToken(token);
  const changed = Object.keys(old).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(current[name]));
  if (changed.length === 0) return null;
  const only = (values: Record<string, unknown>) => Object.fromEntries(changed.map((name) => [name, values[name]]));
  return { before: only(old), after: only(current) };
}

function setBounds(token: Token, patch: TokenPatch): void {
  token.rateLimitMax = patch.rateLimit ?? token.rateLimitMax;
  token.rateLimitWindowMs = patch.rateLimitWindowMs ?? token.rateLimitWindowMs;
  token.rateLimitAlgorithm = patch.rateLimitAlgorithm ?? token.rateLimitAlgorithm;
  token.rateLimitEnabled = patch.rateLimitEnabled ?? token.rateLimitEnabled;
  if (patch.limits !== undefined) token.limits = patch.limits ?? [];
  if (patch.allowedIps !== undefined) token.allowedIps = patch.allowedIps;
}

/** Units that were leased before are void; a new refill rule counts its interval from `at`. */
function setQuota(token: Token, { remaining, refillAmount, refillInterval }: TokenPatch, at: Date): void {
  if (remaining === undefined && refillAmount === undefined && refillInterval === undefined) return;
  token.quotaEpoch += 1;
  if (remaining !== undefined) token.remaining = remaining;
  const amount = refillAmount === undefined ? token.refillAmount : refillAmount;
  const intervalMs = refillInterval === undefined ? token.refillIntervalMs : refillInterval;
  if (amount !== token.refillAmount || intervalMs !== token.refillIntervalMs) token.lastRefillAt = intervalMs === null ? null : at;
  token.refillAmount = amount ?? null;
  token.refillIntervalMs = intervalMs ?? null;
}

/** Everything a patch names but `active`, which is a change of its own. */
export function applySettings(token: Token, patch: TokenPatch, at: Date): void {
  setBounds(token, patch);
  setQuota(token, patch, at);
  token.scopes = patch.scopes ?? token.scopes;
  if (patch.name !== undefined) token.name = patch.name;
  if (patch.permissions !== undefined) token.permissions = patch.permissions;
  if (patch.metadata !== undefined) token.metadata = patch.metadata;
  if (patch.notBefore !== undefined) token.notBefore = patch.notBefore === null ? null : new Date(patch.notBefore);
  if (patch.description !== undefined) token.description = patch.description;
  if (patch.allowedEndpoints !== undefined) token.allowedEndpoints = patch.allowedEndpoints;
  if (patch.expiresAt !== undefined) token.expiresAt = patch.expiresAt === null ? null : new Date(patch.expiresAt);
}

/** Makes the rules on trial the token's own, and ends the trial. */
export function applyTrial(token: Token, { allowedEndpoints, scopes, rateLimit }: StoredTrial): void {
  if (allowedEndpoints !== null) token.allowedEndpoints = [...allowedEndpoints];
  if (scopes !== null) token.scopes = [...scopes];
  if (rateLimit !== null) {
    token.rateLimitMax = rateLimit.max;
    token.rateLimitWindowMs = rateLimit.windowMs;
    token.rateLimitAlgorithm = rateLimit.algorithm;
    token.rateLimitEnabled = true;
  }
  token.trial = null;
}

/** Only what is on trial. */
function describeTrial({ since, by, ...rules }: StoredTrial): Record<string, unknown> {
  const proposed = Object.entries(rules).filter(([, rule]) => rule !== null);
  return { ...Object.fromEntries(proposed), since: new Date(since).toISOString(), by };
}
