import type { TokenRecord } from '../token/token-record.ts';
import type { DenialReason } from './denial.ts';
import { compileEndpointPatterns, type EndpointMatcher } from './endpoint-pattern.ts';

/** A token as the guard keeps it: the record, and its patterns compiled once. */
export interface LoadedToken {
  readonly record: TokenRecord;
  readonly endpoints: EndpointMatcher;
  /** The key under which its requests are counted. */
  readonly counterKey: string;
}

/** Permissions by resource: `{ files: ['read', 'write'] }`. */
export type Permissions = Readonly<Record<string, readonly string[]>>;

/** What a request asks of the token it came with. */
export interface AccessRequest {
  /** Upper case. */
  readonly method: string;
  /** The public API's own path, percent-decoded. */
  readonly path: string;
  /** The environment this guard serves; `null`: any. */
  readonly environment: string | null;
  /** The configuration this guard serves; `null`: any. */
  readonly configId: string | null;
  /** All of these must be held; `[]`: none. */
  readonly requiredScopes: readonly string[];
  /** All of these must be held; `null`: none. */
  readonly requiredPermissions: Permissions | null;
}

/** Refusals that follow from the record alone. */
export type RecordDenialReason = Extract<
  DenialReason,
  | 'configuration_mismatch'
  | 'environment_mismatch'
  | 'revoked'
  | 'disabled'
  | 'not_yet_valid'
  | 'expired'
  | 'endpoint_not_allowed'
  | 'insufficient_scope'
  | 'insufficient_permission'
>;

export type Decision =
  | { readonly kind: 'allow' }
  | {
      readonly kind: 'deny';
      readonly reason: RecordDenialReason;
      /** For a missing scope or permission: everything that is required (`write`, `files:read`). Otherwise empty. */
      readonly required: readonly string[];
    };

const ALLOW: Decision = { kind: 'allow' };

/** Prepares a record for deciding. Do it once per load: compiling costs more than matching. */
export function loadToken(record: TokenRecord): LoadedToken {
  return { record, endpoints: compileEndpointPatterns(record.allowedEndpoints), counterKey: String(record.id) };
}

/**
 * Decides about a request from what is known of its token, without any effect: configuration, environment, revoked, enabled, not yet
 * valid, expired (from `expiresAt` on), endpoint, scope, permission – the first that fails decides (contract §4). Rate and quota come
 * after it, so that a refusal consumes neither.
 * @param now epoch milliseconds.
 */
export function decide(token: LoadedToken, request: AccessRequest, now: number): Decision {
  return decideState(token.record, request, now) ?? decideAccess(token, request) ?? ALLOW;
}

function decideState(record: TokenRecord, request: AccessRequest, now: number): Decision | null {
  if (request.configId !== null && record.configId !== request.configId) return deny('configuration_mismatch');
  if (request.environment !== null && record.environment !== null && record.environment !== request.environment) {
    return deny('environment_mismatch');
  }
  if (record.revokedAt !== null) return deny('revoked');
  if (!record.active) return deny('disabled');
  if (record.notBefore !== null && now < record.notBefore) return deny('not_yet_valid');
  if (record.expiresAt !== null && now >= record.expiresAt) return deny('expired');
  return null;
}

function decideAccess(token: LoadedToken, request: AccessRequest): Decision | null {
  const { record } = token;
  if (!token.endpoints.allows(request.method, request.path)) return deny('endpoint_not_allowed');
  if (!request.requiredScopes.every((scope) => record.scopes.includes(scope))) return deny('insufficient_scope', request.requiredScopes);
  if (!holdsPermissions(record.permissions, request.requiredPermissions)) {
    return deny('insufficient_permission', listPermissions(request.requiredPermissions));
  }
  return null;
}

function holdsPermissions(held: Permissions | null, required: Permissions | null): boolean {
  if (required === null) return true;
  return Object.entries(required).every(([resource, actions]) => actions.every((action) => actionsOf(held, resource).includes(action)));
}

/** Own properties only: a resource called `constructor` holds nothing by itself. */
function actionsOf(held: Permissions | null, resource: string): readonly string[] {
  return held !== null && Object.hasOwn(held, resource) ? (held[resource] ?? []) : [];
}

function listPermissions(permissions: Permissions | null): string[] {
  return Object.entries(permissions ?? {}).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
}

function deny(reason: RecordDenialReason, required: readonly string[] = []): Decision {
  return { kind: 'deny', reason, required };
}
