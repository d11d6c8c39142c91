import { claimsOf } from '../limit/limit-claims.ts';
import type { LimitClaim, OwnerPools } from '../limit/rate-limit.ts';
import type { TokenRecord, TokenTrial } from '../token/token-record.ts';
import { type AddressMatcher, compileAddressList } from './address-list.ts';
import { type Check, checksOf, refuses, requiredOf } from './checks.ts';
import type { DenialReason } from './denial.ts';
import { compileEndpointPatterns, type EndpointMatcher } from './endpoint-pattern.ts';
import type { Permissions } from './permissions.ts';

/** A token as the guard keeps it: the record, and what is compiled once. */
export interface LoadedToken {
  readonly record: TokenRecord;
  readonly endpoints: EndpointMatcher;
  /** What could ever refuse it, in the order of `CHECKS`: most tokens are asked a few questions only. */
  readonly checks: readonly Check[];
  /** The same token under the rules on trial, counted under a key of its own; `null`: nothing is on trial. */
  readonly trial: LoadedToken | null;
  readonly addresses: AddressMatcher;
  /** Every window that its requests draw from. */
  readonly claims: readonly LimitClaim[];
}

/** What a request asks of the token it came with. */
export interface AccessRequest {
  /** Upper case. */
  readonly method: string;
  /** The public API's own path, percent-decoded; `null`: no endpoint is asked for. */
  readonly path: string | null;
  /** Client address, or `null` where it is not known. */
  readonly ip: string | null;
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
  | 'secret_rotated'
  | 'disabled'
  | 'not_yet_valid'
  | 'expired'
  | 'address_not_allowed'
  | 'endpoint_not_allowed'
  | 'insufficient_scope'
  | 'insufficient_permission'
>;

/** What `decide` says: a value, and for a refusal the first check that failed. */
export type Decision =
  | { readonly kind: 'allow' }
  | {
      readonly kind: 'deny';
      readonly reason: RecordDenialReason;
      /** For a missing scope or permission: everything that is required (`write`, `files:read`). Otherwise empty. */
      readonly required: readonly string[];
    };

const ALLOW: Decision = { kind: 'allow' };

/** Prepares a record for deciding. Do it once per load: compiling costs more than matching. `pools`: what its owner's tokens share. */
export function loadToken(record: TokenRecord, pools?: OwnerPools): LoadedToken {
  return {
    record,
    endpoints: compileEndpointPatterns(record.allowedEndpoints),
    addresses: compileAddressList(record.allowedIps),
    claims: claimsOf(record, pools),
    checks: checksOf(record),
    trial: record.trial === null ? null : loadTrial(record, record.trial),
  };
}

/** A limit that is not on trial is not counted a second time. */
function loadTrial(record: TokenRecord, { allowedEndpoints, scopes, rateLimit, since }: TokenTrial): LoadedToken {
  const proposed = {
    ...record,
    limits: [],
    allowedEndpoints: allowedEndpoints ?? record.allowedEndpoints,
    scopes: scopes ?? record.scopes,
    rateLimit,
    trial: null,
  };
  const claims = rateLimit === null ? [] : [{ key: `{${record.id}}:trial:${since}`, name: 'trial', limit: rateLimit }];
  return { ...loadToken(proposed), claims };
}

/**
 * Decides about a request from what is known of its token, without any effect: the first of `CHECKS` that refuses it decides
 * (contract §4). Rate and quota come after it, so that a refusal consumes neither.
 * @param now epoch milliseconds.
 */
export function decide(token: LoadedToken, request: AccessRequest, now: number): Decision {
  for (const { name, reason } of token.checks) {
    if (refuses(name, token, request, now)) return { kind: 'deny', reason, required: requiredOf(name, request) };
  }
  return ALLOW;
}
