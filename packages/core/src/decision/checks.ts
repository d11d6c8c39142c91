import type { TokenRecord } from '../token/token-record.ts';
import type { AccessRequest, LoadedToken, RecordDenialReason } from './decide.ts';
import { actionsOf, listPermissions } from './permissions.ts';

/**
 * Every check of a token whose record is known, in the order in which they decide (contract §4), with the reason of its refusal.
 * `decide` and `explain` walk this one list and ask `refuses`.
 */
export const CHECKS = [
  { name: 'configuration', reason: 'configuration_mismatch' },
  { name: 'environment', reason: 'environment_mismatch' },
  { name: 'revoked', reason: 'revoked' },
  { name: 'secret', reason: 'secret_rotated' },
  { name: 'enabled', reason: 'disabled' },
  { name: 'not_before', reason: 'not_yet_valid' },
  { name: 'expiry', reason: 'expired' },
  { name: 'address', reason: 'address_not_allowed' },
  { name: 'endpoint', reason: 'endpoint_not_allowed' },
  { name: 'scope', reason: 'insufficient_scope' },
  { name: 'permission', reason: 'insufficient_permission' },
] as const satisfies readonly { name: string; reason: RecordDenialReason }[];

export type Check = (typeof CHECKS)[number];
/** What a check is called where it is told which one decided. */
export type CheckName = Check['name'];

/** The checks that could refuse any request with this token. The others need not be asked again with every request. */
export function checksOf(record: TokenRecord): readonly Check[] {
  const names = CHECKS.filter(({ name }) => concerns(name, record));
  const key = names.map(({ name }) => name).join();
  // One list for all tokens that are asked the same.
  const known = listsByNames.get(key) ?? names;
  listsByNames.set(key, known);
  return known;
}

/** As many as there are sets of checks that depend on the record. */
const listsByNames = new Map<string, readonly Check[]>();

function concerns(check: CheckName, record: TokenRecord): boolean {
  switch (check) {
    case 'environment':
      return record.environment !== null;
    case 'revoked':
      return record.revokedAt !== null;
    case 'secret':
      return record.secretExpiresAt !== null;
    case 'enabled':
      return !record.active;
    case 'not_before':
      return record.notBefore !== null;
    case 'expiry':
      return record.expiresAt !== null;
    case 'address':
      return record.allowedIps !== null && record.allowedIps.length > 0;
    case 'endpoint':
      return record.allowedEndpoints !== null && record.allowedEndpoints.length > 0;
    default:
      return true;
  }
}

/** Whether a check refuses a request. One `switch` and no table of functions: this runs for every request. */
export function refuses(check: CheckName, token: LoadedToken, request: AccessRequest, now: number): boolean {
  const { record } = token;
  switch (check) {
    case 'configuration':
      return request.configId !== null && record.configId !== request.configId;
    case 'environment':
      return request.environment !== null && record.environment !== null && record.environment !== request.environment;
    case 'revoked':
      return record.revokedAt !== null;
    case 'secret':
      return record.secretExpiresAt !== null && now >= record.secretExpiresAt;
    case 'enabled':
      return !record.active;
    case 'not_before':
      return record.notBefore !== null && now < record.notBefore;
    case 'expiry':
      return record.expiresAt !== null && now >= record.expiresAt;
    case 'address':
      return !token.addresses.allows(request.ip);
    case 'endpoint':
      return request.path !== null && !token.endpoints.allows(request.method, request.path);
    case 'scope':
      return lacksAny(record.scopes, request.requiredScopes);
    case 'permission':
      return request.requiredPermissions !== null && missingPermissions(record, request).length > 0;
  }
}

/** Everything that a request needs, for a refusal that names it: `write`, `files:read`. */
export function requiredOf(check: CheckName, request: AccessRequest): readonly string[] {
  if (check === 'scope') return request.requiredScopes;
  return check === 'permission' ? listPermissions(request.requiredPermissions) : NONE;
}

const NONE: readonly string[] = [];

/** Asked with every request, and so without a list of what is missing. */
function lacksAny(held: readonly string[], required: readonly string[]): boolean {
  for (const scope of required) if (!held.includes(scope)) return true;
  return false;
}

/** Scopes that a request needs and the token does not hold. */
export function missingScopes(record: TokenRecord, request: AccessRequest): readonly string[] {
  return request.requiredScopes.filter((scope) => !record.scopes.includes(scope));
}

/** `files:read` of each permission that a request needs and the token does not hold. */
export function missingPermissions(record: TokenRecord, request: AccessRequest): readonly string[] {
  const missing = Object.entries(request.requiredPermissions ?? {}).map(([resource, actions]) => {
    const held = actionsOf(record.permissions, resource);
    return [resource, actions.filter((action) => !held.includes(action))] as const;
  });
  return listPermissions(Object.fromEntries(missing));
}
