export { type AddressMatcher, type AddressRangeResult, compileAddressList, parseAddressRange } from './decision/address-list.ts';
export { parseRequestPath, type RequestPath } from './decision/canonical-path.ts';
export { CHECKS, type CheckName } from './decision/checks.ts';
export {
  type AccessRequest,
  type Decision,
  decide,
  type LoadedToken,
  loadToken,
  type RecordDenialReason,
} from './decision/decide.ts';
export {
  type ChallengeError,
  DENIALS,
  type Denial,
  type DenialCode,
  type DenialReason,
} from './decision/denial.ts';
export type { Need } from './decision/describe-check.ts';
export {
  compileEndpointPatterns,
  type EndpointMatcher,
  type EndpointPattern,
  type EndpointPatternResult,
  parseEndpointPattern,
} from './decision/endpoint-pattern.ts';
export {
  type Charge,
  type CounterReading,
  type Counters,
  type Explanation,
  explain,
  type Finding,
  type FindingResult,
  type Presented,
  type Question,
  type QuestionName,
} from './decision/explain.ts';
export { holdsPermissions, joinPermissions, listPermissions, type Permissions } from './decision/permissions.ts';
export { samplePathOf, suggestPatterns, type UsedEndpoint } from './decision/suggest-patterns.ts';
export { type ErrorDetail, OPERATION_ERRORS, OperationError, type OperationErrorCode } from './error/operation-error.ts';
export { createEventId } from './event/event-id.ts';
export { EVENT_TYPES, type EventToken, type EventType, TEST_EVENT_TYPE, type TokenEvent } from './event/event-type.ts';
export { webhookRetryDelayMs } from './event/webhook-retry.ts';
export { decidingWindow, passedAll } from './limit/deciding-window.ts';
export { claimsOf, poolsOf } from './limit/limit-claims.ts';
export { limitNameFault } from './limit/limit-name.ts';
export {
  grantedUnits,
  LEASE_SHARE,
  nextRefillAt,
  type QuotaGrant,
  type QuotaLedger,
  type QuotaRequest,
  type QuotaState,
  type TokenQuota,
  type UnspentUnits,
} from './limit/quota.ts';
export {
  type Counter,
  DEFAULT_RATE_LIMIT,
  type LimitClaim,
  type NamedLimit,
  type OwnerPools,
  type RateLimit,
  type RateLimitAlgorithm,
  type RateLimitState,
} from './limit/rate-limit.ts';
export { emptyWindow, giveBackToWindow, hasRoom, peekWindow, takeFromWindow, type WindowState } from './limit/window.ts';
export type { AccessRule } from './policy/access-rule.ts';
export { chooseExpiry, type ExpiryChoice, type ExpiryRequest } from './policy/choose-expiry.ts';
export { chooseScopes, listAvailableScopes, type ScopeChoice } from './policy/choose-scopes.ts';
export { type AccessRuleMatcher, accessRuleFault, compileAccessRules, type RuleDemand } from './policy/compile-access-rules.ts';
export {
  configIdsMatch,
  DEFAULT_KEY_CONFIGURATION,
  isDefaultConfigId,
  type KeyConfiguration,
  type KeyExpiryRule,
  type KeyRateLimitRule,
  type LengthBounds,
  resolveKeyConfiguration,
} from './policy/key-configuration.ts';
export {
  DEFAULT_POLICY,
  type EnvironmentRule,
  type ExpiryPolicy,
  isRevocable,
  isViewable,
  type KeyTypeRule,
  keyTypeRuleOf,
  type OwnerRule,
  ownerRuleOf,
  type TokenPolicy,
} from './policy/token-policy.ts';
export { environmentOfPrefix, listTokenPrefixes, tokenPrefixOf } from './policy/token-prefix.ts';
export { crc32 } from './token/crc32.ts';
export { describeTokenText, type TokenTextDescription, tokenPattern } from './token/describe-token-text.ts';
export { FOREIGN_TEXT_LENGTH, isForeignText } from './token/foreign-text.ts';
export { maskTokenTexts } from './token/mask-token-texts.ts';
export { parseExpiry } from './token/parse-expiry.ts';
export type { DigestAlgorithm, TokenDigest, TokenRecord, TokenTrial } from './token/token-record.ts';
export {
  type BcryptCandidate,
  EVERY_IMPORTED_KIND,
  type ImportedKinds,
  type ImportedSecrets,
  type TokenChange,
  type TokenChangeListener,
  type TokenSource,
} from './token/token-source.ts';
export { type TokenState, type TokenStatus, tokenStatus } from './token/token-status.ts';
export {
  createTokenText,
  isChosenPrefix,
  isTokenPrefix,
  maskToken,
  parseTokenText,
  type RandomBytes,
  type TokenText,
  tokenLogForm,
  tokenTextFault,
} from './token/token-text.ts';
export { endpointTemplate } from './usage/endpoint-template.ts';
export { LATENCY_BUCKETS, latencyBucketOf, latencyPercentileMs, mergeLatencyBuckets } from './usage/latency-histogram.ts';
export {
  createReplay,
  type Replay,
  type ReplayEndpoint,
  type ReplayedRequest,
  type ReplayHour,
  type ReplayProposal,
  type ReplayResult,
} from './usage/replay.ts';
export {
  type Outcome,
  type SpoolRecord,
  UNKNOWN_STATUS,
  type UnknownAttempts,
  type UsageLoss,
  type UsageRecord,
  type UsageVia,
} from './usage/usage-record.ts';
export type { SpoolPosition, UsageStore } from './usage/usage-store.ts';
