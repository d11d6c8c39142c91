// What the ports are made of, so that nothing else has to be installed to fill them.
export type {
  AccessRule,
  Counter,
  DenialReason,
  LimitClaim,
  Outcome,
  Permissions,
  QuotaLedger,
  RateLimit,
  RateLimitState,
  SpoolPosition,
  SpoolRecord,
  TokenChange,
  TokenDigest,
  TokenRecord,
  TokenSource,
  UnknownAttempts,
  UsageRecord,
  UsageStore,
} from '@latchkey/core';
export type { Admission } from './admission.ts';
export { canonicalAddress } from './canonical-address.ts';
export { createMemoryCounter, type MemoryCounter, type MemoryCounterOptions } from './counters/memory-counter.ts';
export { createTokenFinder, type TokenFinder } from './create-token-finder.ts';
export { createTokenVerifier, type TokenVerdict, type TokenVerifier } from './create-token-verifier.ts';
export { type Credential, findCredential } from './credentials.ts';
export { createGuard, type Guard, type GuardOptions } from './guard.ts';
export type { GuardRequest, RequiredAccess, TokenInquiry } from './guard-request.ts';
export type { AuthenticationRequest, AuthenticationResult, GuardHooks } from './hooks.ts';
export { createQuotaKeeper, type QuotaKeeper, type QuotaKeeperOptions } from './quota/quota-keeper.ts';
export { type LimitsSeen, rateLimitHeaders } from './rate-limit-headers.ts';
export { type DenialContext, type RenderedDenial, renderDenial } from './render-denial.ts';
export { createTokenCache, type TokenCache, type TokenCacheOptions } from './token-cache.ts';
export { createTokenDigester, type TokenDigester } from './token-digester.ts';
export { createTokenMint, type TokenMint } from './token-mint.ts';
export {
  openSpool,
  type Spool,
  type SpoolDurability,
  type SpoolFullPolicy,
  type SpoolOptions,
  type SpoolProblem,
  type SpoolSegment,
  type SpoolStats,
} from './usage/spool.ts';
export type { SpoolFiles } from './usage/spool-files.ts';
export {
  createSpoolReader,
  type SpoolReader,
  type SpoolReaderOptions,
  type SpoolReaderStats,
  type SpoolSource,
} from './usage/spool-reader.ts';
export type { UsageSink } from './usage-sink.ts';
export type { Admitted, Refused, Verdict } from './verdict.ts';
