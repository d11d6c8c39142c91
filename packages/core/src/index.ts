export {
  type ChallengeError,
  DENIALS,
  type Denial,
  type DenialCode,
  type DenialReason,
} from './decision/denial.ts';
export {
  compileEndpointPatterns,
  type EndpointMatcher,
  type EndpointPattern,
  type EndpointPatternResult,
  parseEndpointPattern,
} from './decision/endpoint-pattern.ts';
export { type ErrorDetail, OPERATION_ERRORS, OperationError, type OperationErrorCode } from './error/operation-error.ts';
export {
  type Counter,
  DEFAULT_RATE_LIMIT,
  type RateLimit,
  type RateLimitAlgorithm,
  type RateLimitState,
} from './limit/rate-limit.ts';
export { parseExpiry } from './token/parse-expiry.ts';
export type { DigestAlgorithm, TokenDigest, TokenRecord } from './token/token-record.ts';
export type { TokenChange, TokenSource } from './token/token-source.ts';
export type { Outcome, SpoolRecord, UnknownAttempts, UsageRecord } from './usage/usage-record.ts';
export type { SpoolPosition, UsageStore } from './usage/usage-store.ts';
