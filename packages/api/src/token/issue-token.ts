import {
  chooseExpiry,
  chooseScopes,
  DEFAULT_RATE_LIMIT,
  type ExpiryRequest,
  isChosenPrefix,
  isViewable,
  keyTypeRuleOf,
  type NamedLimit,
  OperationError,
  ownerRuleOf,
  type Permissions,
  parseExpiry,
  type RateLimitAlgorithm,
  type TokenPolicy,
  tokenPrefixOf,
} from '@latchkey/core';
import type { Actor, NewToken, TokenBounds, TokenView } from '@latchkey/database';
import type { ApiParts } from '../context.ts';

/** What somebody wants of a new token. Absent or `null`: what the policy says. */
export interface TokenRequest {
  /** `null`: unnamed, where the owner's rules allow it. */
  readonly name: string | null;
  readonly description?: string | null | undefined;
  readonly owner?: { readonly type: string; readonly id: string } | null | undefined;
  readonly keyType?: string | null | undefined;
  readonly environment?: string | null | undefined;
  /** `null`: the defaults; `[]`: none. */
  readonly scopes?: readonly string[] | null | undefined;
  readonly permissions?: Permissions | null | undefined;
  readonly allowedEndpoints?: readonly string[] | null | undefined;
  /** `null`: not limited. Absent: 100 a minute. */
  readonly rateLimit?: number | null | undefined;
  readonly rateLimitWindowMs?: number | undefined;
  readonly rateLimitAlgorithm?: RateLimitAlgorithm | undefined;
  readonly rateLimitEnabled?: boolean | undefined;
  readonly limits?: readonly NamedLimit[] | null | undefined;
  /** Canonical addresses and ranges; `null` or `[]`: any. */
  readonly allowedIps?: readonly string[] | null | undefined;
  /** `null`: any number of requests. Absent: what it is refilled to, where it is refilled. */
  readonly remaining?: number | null | undefined;
  /** With `refillInterval` or not at all. */
  readonly refillAmount?: number | null | undefined;
  /** Milliseconds. */
  readonly refillInterval?: number | null | undefined;
  readonly expiry?: ExpiryRequest | undefined;
  /** An instant or a date as people write it. */
  readonly notBefore?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
  /** Whether it is never served from a cache that can not hear the database. Absent: it may be. */
  readonly strict?: boolean | undefined;
  readonly configId?: string | undefined;
  /** Instead of the one that type and environment give: up to 32 letters, digits, `_` and `-`; `''`: none. */
  readonly prefix?: string | undefined;
  /** How many characters of the text are kept to be shown. Absent: 6. */
  readonly startLength?: number | undefined;
  /** Whether it goes by itself once it has expired (C-18). */
  readonly purgeable?: boolean | undefined;
  /** For tokens that come with a past: epoch milliseconds. */
  readonly createdAt?: number | undefined;
}

/** A token just made. `text` is the secret: pass it on once, and keep it nowhere. */
export interface IssuedToken {
  readonly token: TokenView;
  readonly text: string;
}

/** C-02. */
const START_LENGTH = 6;

type IssueParts = Pick<ApiParts, 'tokens' | 'mint' | 'policy' | 'now' | 'tokensChanged'>;

/**
 * Makes a token: the one way there is, whoever asks. The policy gives what the request leaves open and bounds what it asks for – prefix,
 * environment, scopes, expiry, and how many tokens an owner may have (exactly, however many ask at once).
 *
 * @throws OperationError `VALIDATION_ERROR` with every member that is wrong, in the procedures' names; `LIMIT_REACHED`.
 */
export async function issueToken(parts: IssueParts, request: TokenRequest, actor: Actor): Promise<IssuedToken> {
  const { policy } = parts;
  const settings = chooseTokenSettings(policy, request, parts.now());
  const text = parts.mint.generate(settings.prefix);
  const { digest, algorithm, secretVersion } = parts.mint.digest(text);
  const secret = {
    start: text.slice(0, request.startLength ?? START_LENGTH),
    last4: text.slice(-4),
    digest,
    digestAlgorithm: algorithm,
    secretVersion,
  };
  const viewableText = isViewable(policy, settings.keyType ?? null) ? text : null;
  const token = await parts.tokens.create({ ...settings, ...secret, viewableText }, actor, boundsOfSettings(policy, settings));
  await parts.tokensChanged([token.id]);
  return { token, text };
}

/** Everything of a new token but its secret. */
export type Settings = Omit<NewToken, 'start' | 'last4' | 'digest' | 'digestAlgorithm' | 'secretVersion' | 'viewableText'>;
type Faults = { path: string; message: string }[];

/** What the policy makes of a request. Throws `VALIDATION_ERROR` with every member that is wrong. */
export function chooseTokenSettings(policy: TokenPolicy, request: TokenRequest, now: number): Settings {
  const faults: Faults = [];
  const keyType = chooseKeyType(policy, request.keyType ?? null, faults);
  const environment = chooseEnvironment(policy, request.environment ?? null, faults);
  const owner = request.owner ?? null;
  const scopes = chooseScopesOrFault(policy, request.scopes ?? null, { keyType, ownerType: owner?.type ?? null }, faults);
  const { expiresAt, notBefore } = chooseLife(policy, request, now, faults);
  const prefix = request.prefix ?? tokenPrefixOf(policy, keyType, environment);
  checkNames(policy, request, prefix, faults);
  const quota = chooseQuota(request, faults);
  if (faults.length > 0) throw new OperationError('VALIDATION_ERROR', 'Invalid input', faults);
  return {
    name: request.name,
    description: request.description ?? null,
    ownerType: owner?.type ?? null,
    ownerId: owner?.id ?? null,
    keyType,
    environment,
    prefix,
    scopes,
    permissions: copyPermissions(request.permissions ?? null),
    allowedEndpoints: request.allowedEndpoints ? [...request.allowedEndpoints] : null,
    metadata: request.metadata ? { ...request.metadata } : null,
    ...(request.strict === undefined ? {} : { strict: request.strict }),
    ...(request.configId === undefined ? {} : { configId: request.configId }),
    ...(request.createdAt === undefined ? {} : { createdAt: request.createdAt }),
    ...chooseLimit(request),
    ...quota,
    allowedIps: request.allowedIps ? [...request.allowedIps] : null,
    purgeable: request.purgeable ?? false,
    notBefore,
    expiresAt,
  };
}

function checkNames(policy: TokenPolicy, { name, owner }: TokenRequest, prefix: string, faults: Faults): void {
  if (!isChosenPrefix(prefix)) {
    faults.push({ path: 'prefix', message: 'A prefix is up to 32 letters, digits, "_" and "-", such as "acme_live_".' });
  }
  if (name === null && ownerRuleOf(policy, owner?.type ?? null).requireName) {
    faults.push({ path: 'name', message: 'Tokens of this owner need a name.' });
  }
}

/** While no types are configured, tokens have none, whatever is asked for (S2-149). */
function chooseKeyType(policy: TokenPolicy, keyType: string | null, faults: Faults): string | null {
  const names = Object.keys(policy.keyTypes);
  if (names.length === 0) return null;
  if (keyType !== null && keyTypeRuleOf(policy, keyType) === null) {
    faults.push({ path: 'keyType', message: `Choose one of these key types: ${names.join(', ')}.` });
  }
  return keyType;
}

function chooseEnvironment(policy: TokenPolicy, environment: string | null, faults: Faults): string {
  if (environment === null) return policy.currentEnvironment;
  if (!Object.hasOwn(policy.environments, environment)) {
    const message = `Choose one of these environments: ${Object.keys(policy.environments).join(', ')}.`;
    faults.push({ path: 'environment', message });
  }
  return environment;
}

/** Says what is wrong with scopes in the way that an input's other faults are said. */
export function chooseScopesOrFault(
  policy: TokenPolicy,
  requested: readonly string[] | null,
  holder: { keyType: string | null; ownerType: string | null },
  faults: Faults,
): string[] {
  const choice = chooseScopes(policy, requested, holder);
  if (choice.ok) return choice.scopes;
  const message = `There is no scope ${choice.unknown.map((scope) => JSON.stringify(scope)).join(', ')}. Choose from: ${choice.available.join(', ')}.`;
  faults.push({ path: 'scopes', message });
  return [];
}

function chooseLife(policy: TokenPolicy, request: TokenRequest, now: number, faults: Faults) {
  const choice = chooseExpiry(policy.expiry, request.expiry ?? {}, now);
  if (!choice.ok) faults.push({ path: choice.path, message: choice.message });
  const expiresAt = choice.ok ? choice.expiresAt : null;
  const notBefore = request.notBefore ? parseExpiry(request.notBefore) : null;
  if (request.notBefore && notBefore === null) {
    faults.push({ path: 'notBefore', message: 'Give a real date such as "2026-12-31" or "2026-12-31T12:00:00Z".' });
  }
  if (notBefore !== null && expiresAt !== null && notBefore >= expiresAt) {
    faults.push({ path: 'notBefore', message: 'A token must begin before it ends.' });
  }
  return { expiresAt, notBefore };
}

function chooseLimit({ rateLimit, rateLimitWindowMs, rateLimitAlgorithm, rateLimitEnabled = true, limits }: TokenRequest) {
  return {
    rateLimit: rateLimit === undefined ? DEFAULT_RATE_LIMIT.max : rateLimit,
    rateLimitWindowMs: rateLimitWindowMs ?? DEFAULT_RATE_LIMIT.windowMs,
    rateLimitAlgorithm: rateLimitAlgorithm ?? DEFAULT_RATE_LIMIT.algorithm,
    rateLimitEnabled,
    limits: [...(limits ?? [])],
  };
}

function chooseQuota({ remaining, refillAmount = null, refillInterval = null }: TokenRequest, faults: Faults) {
  const fault = refillFault(refillAmount, refillInterval);
  if (fault !== null) faults.push(fault);
  return { remaining: remaining === undefined ? refillAmount : remaining, refillAmount, refillInterval };
}

/** A refill needs an amount and an interval. */
export function refillFault(refillAmount: number | null, refillInterval: number | null): Faults[number] | null {
  if ((refillAmount === null) === (refillInterval === null)) return null;
  const path = refillAmount === null ? 'refillAmount' : 'refillInterval';
  return { path, message: 'Give refill_amount and refill_interval together, or neither.' };
}

/** How many tokens the policy lets an owner have. */
export function boundsOfSettings(policy: TokenPolicy, { ownerType = null, keyType = null }: Settings): TokenBounds {
  return { perOwner: ownerRuleOf(policy, ownerType).maxTokens, perType: keyTypeRuleOf(policy, keyType)?.limit ?? null };
}

function copyPermissions(permissions: Permissions | null): Record<string, string[]> | null {
  if (permissions === null) return null;
  return Object.fromEntries(Object.entries(permissions).map(([resource, actions]) => [resource, [...actions]]));
}
