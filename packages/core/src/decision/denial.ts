/** Why a request on the public API was refused, or could not be answered. */
export type DenialReason =
  | 'invalid_request'
  | 'request_timeout'
  | 'head_too_large'
  | 'https_required'
  | 'missing'
  | 'duplicate_authorization'
  | 'invalid_path'
  | 'malformed'
  | 'unknown'
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
  | 'rate_limited'
  | 'usage_exceeded'
  | 'temporarily_unavailable'
  | 'spool_full'
  | 'upgrade_refused'
  | 'upstream_error'
  | 'upstream_timeout';

/** RFC 6750 §3.1 error of a challenge; `none`: a challenge without an error, because no credential was sent. */
export type ChallengeError = 'none' | 'invalid_request' | 'invalid_token' | 'insufficient_scope';

/** How a refusal looks to the client. */
export interface Denial {
  readonly status: number;
  readonly code: string;
  /** The short text of `error` in the body. */
  readonly error: string;
  /** How to put it right. */
  readonly message: string;
  /** `null`: no `WWW-Authenticate`. */
  readonly challenge: ChallengeError | null;
}

/** The one table of refusals: HTTP, REST, tRPC, OpenAPI and `docs/errors.md` read it (contract §4). */
export const DENIALS = {
  invalid_request: {
    status: 400,
    code: 'INVALID_REQUEST',
    error: 'Invalid request',
    message:
      'Send HTTP/1.1 as RFC 9112 has it: one valid Host, a path as the target, one way to tell how long the body is, no control characters.',
    challenge: null,
  },
  request_timeout: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    error: 'Request timeout',
    message: 'The request stopped arriving. Send it again, on a new connection.',
    challenge: null,
  },
  head_too_large: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    error: 'Headers too large',
    message: 'Send less than 16 KiB of target and headers.',
    challenge: null,
  },
  https_required: {
    status: 403,
    code: 'HTTPS_REQUIRED',
    error: 'HTTPS required',
    message: 'Send the request over HTTPS. Have a token that went over plain HTTP rotated: others may have read it.',
    challenge: null,
  },
  missing: {
    status: 401,
    code: 'MISSING_API_KEY',
    error: 'Authentication required',
    message: 'Send your API token in the header "Authorization: Bearer <token>".',
    challenge: 'none',
  },
  duplicate_authorization: {
    status: 400,
    code: 'DUPLICATE_AUTHORIZATION',
    error: 'Invalid request',
    message: 'Send exactly one Authorization header.',
    challenge: 'invalid_request',
  },
  invalid_path: {
    status: 400,
    code: 'INVALID_PATH',
    error: 'Invalid path',
    message:
      'Send a canonical path: no dot segments, empty segments, backslashes, encoded slashes, control characters or broken percent escapes.',
    challenge: null,
  },
  malformed: {
    status: 401,
    code: 'INVALID_API_KEY',
    error: 'Invalid token',
    message: 'The token is not one of ours. Check that it was copied whole, or ask the administrator for a new one.',
    challenge: 'invalid_token',
  },
  unknown: {
    status: 401,
    code: 'INVALID_API_KEY',
    error: 'Invalid token',
    message: 'The token is not one of ours. Check that it was copied whole, or ask the administrator for a new one.',
    challenge: 'invalid_token',
  },
  configuration_mismatch: {
    status: 401,
    code: 'INVALID_API_KEY',
    error: 'Invalid token',
    message: 'The token is not one of ours. Check that it was copied whole, or ask the administrator for a new one.',
    challenge: 'invalid_token',
  },
  environment_mismatch: {
    status: 401,
    code: 'ENVIRONMENT_MISMATCH',
    error: 'Token belongs to another environment',
    message: 'Use a token that was issued for this environment.',
    challenge: 'invalid_token',
  },
  revoked: {
    status: 401,
    code: 'KEY_REVOKED',
    error: 'Token has been revoked',
    message: 'Revocation is permanent. Ask the administrator for a new token.',
    challenge: 'invalid_token',
  },
  secret_rotated: {
    status: 401,
    code: 'KEY_REVOKED',
    error: 'Token has been revoked',
    message: 'This secret was replaced by a newer one of the same token. Use the newer one, or ask the administrator for it.',
    challenge: 'invalid_token',
  },
  disabled: {
    status: 401,
    code: 'KEY_DISABLED',
    error: 'Token is inactive',
    message: 'The administrator has switched this token off. Ask for it to be enabled again.',
    challenge: 'invalid_token',
  },
  not_yet_valid: {
    status: 401,
    code: 'KEY_NOT_YET_VALID',
    error: 'Token is not valid yet',
    message: 'The token starts to work at a later time. Wait for it, or ask the administrator to change it.',
    challenge: 'invalid_token',
  },
  expired: {
    status: 401,
    code: 'KEY_EXPIRED',
    error: 'Token has expired',
    message: 'Ask the administrator for a new token or a later expiry.',
    challenge: 'invalid_token',
  },
  address_not_allowed: {
    status: 403,
    code: 'IP_NOT_ALLOWED',
    error: 'Address not allowed',
    message: 'This token may be used from other addresses only. Ask the administrator to allow yours.',
    challenge: null,
  },
  endpoint_not_allowed: {
    status: 403,
    code: 'ENDPOINT_NOT_ALLOWED',
    error: 'Endpoint not allowed',
    message: 'This token is restricted to other endpoints. Ask the administrator to allow this one.',
    challenge: null,
  },
  insufficient_scope: {
    status: 403,
    code: 'INSUFFICIENT_SCOPE',
    error: 'Insufficient scope',
    message: 'The token lacks a scope that this endpoint needs (see "required"). Use a token that holds it.',
    challenge: 'insufficient_scope',
  },
  insufficient_permission: {
    status: 403,
    code: 'INSUFFICIENT_SCOPE',
    error: 'Insufficient scope',
    message: 'The token lacks a permission that this endpoint needs (see "required"). Use a token that holds it.',
    challenge: 'insufficient_scope',
  },
  rate_limited: {
    status: 429,
    code: 'RATE_LIMITED',
    error: 'Rate limit exceeded',
    message: 'Wait the seconds given in "retry_after" and try again.',
    challenge: null,
  },
  usage_exceeded: {
    status: 429,
    code: 'USAGE_EXCEEDED',
    error: 'Usage limit exceeded',
    message: 'The quota of this token is used up. Ask the administrator to raise or refill it.',
    challenge: null,
  },
  temporarily_unavailable: {
    status: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
    error: 'Temporarily unavailable',
    message: 'The token can not be checked at the moment. Keep it, and try again in a few seconds.',
    challenge: null,
  },
  spool_full: {
    status: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
    error: 'Temporarily unavailable',
    message: 'The request can not be recorded at the moment. Try again in a few seconds.',
    challenge: null,
  },
  upgrade_refused: {
    status: 501,
    code: 'UPGRADE_NOT_SUPPORTED',
    error: 'Protocol upgrade not supported',
    message: 'This gateway does not pass on protocol upgrades such as WebSocket. Send a plain HTTP request.',
    challenge: null,
  },
  upstream_error: {
    status: 502,
    code: 'UPSTREAM_ERROR',
    error: 'Upstream error',
    message: 'The API behind this gateway can not be reached or gave no valid answer. Try again later.',
    challenge: null,
  },
  upstream_timeout: {
    status: 504,
    code: 'UPSTREAM_TIMEOUT',
    error: 'Upstream timeout',
    message: 'The API behind this gateway took too long to answer. Try again later.',
    challenge: null,
  },
} as const satisfies Record<DenialReason, Denial>;

/** The closed set of `code` values on the public API. */
export type DenialCode = (typeof DENIALS)[DenialReason]['code'];
