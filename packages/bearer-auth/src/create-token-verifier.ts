import {
  DENIALS,
  type DenialReason,
  decidingWindow,
  type QuotaState,
  type RateLimitState,
  type TokenRecord,
  type UsageRecord,
} from '@latchkey/core';
import { recordedPath, recordedUserAgent } from './adapters/recorded-text.ts';
import type { Guard } from './guard.ts';
import type { TokenInquiry } from './guard-request.ts';
import type { Verdict } from './verdict.ts';

/** What became of an inquiry. */
export type TokenVerdict =
  | {
      readonly kind: 'valid';
      readonly token: TokenRecord;
      /** The window with the least share left; `null`: the token is not limited. */
      readonly limit: RateLimitState | null;
      /** `null`: any number of requests. */
      readonly quota: QuotaState | null;
    }
  /** `retryAfterMs`: until the window ends that was full; otherwise `null`. */
  | { readonly kind: 'refused'; readonly reason: DenialReason; readonly retryAfterMs: number | null };

/** Judges tokens that other servers were shown. Never rejects. */
export type TokenVerifier = (inquiry: TokenInquiry & { readonly userAgent: string | null }) => Promise<TokenVerdict>;

/**
 * Verifies tokens with the guard that protects the public API: one cache, one decision, one set of counters. A verification of an
 * identified token is on record, as `POST /api-key/verify`, before it is answered; one that can not be recorded is `temporarily_unavailable`.
 */
export function createTokenVerifier(guard: Guard): TokenVerifier {
  return async ({ userAgent, ...inquiry }) => {
    const at = guard.now();
    const startedAt = performance.now();
    const verdict = await guard.verify(inquiry);
    const record = usageRecord(verdict, at, startedAt, userAgent);
    const isRecorded = record === null || (await append(guard, record));
    return isRecorded ? toVerdict(verdict, guard.now()) : { kind: 'refused', reason: 'temporarily_unavailable', retryAfterMs: null };
  };
}

function toVerdict(verdict: Verdict, now: number): TokenVerdict {
  const limit = decidingWindow(verdict.limits?.windows ?? []);
  if (verdict.kind === 'admit') return { kind: 'valid', token: verdict.admission.token, limit, quota: verdict.limits.quota };
  const { reason } = verdict;
  const retryAfterMs = reason === 'rate_limited' && limit !== null ? Math.max(1, Math.ceil(limit.resetAt - now)) : null;
  return { kind: 'refused', reason, retryAfterMs };
}

/** `null` where no token was identified, or nothing can be recorded at all. */
function usageRecord(verdict: Verdict, at: number, startedAt: number, userAgent: string | null): UsageRecord | null {
  const { token, path, endpoint, ip, requestId } = verdict.kind === 'admit' ? verdict.admission : verdict;
  if (token === null || (verdict.kind === 'deny' && verdict.reason === 'spool_full')) return null;
  const denial = verdict.kind === 'deny' ? DENIALS[verdict.reason] : null;
  return {
    kind: 'request',
    tokenId: token.id,
    secretId: token.secretId,
    cost: 1,
    trial: verdict.kind === 'admit' ? verdict.admission.trial : null,
    at,
    method: 'POST',
    endpoint,
    path: recordedPath(path),
    status: denial?.status ?? 200,
    durationUs: Math.round((performance.now() - startedAt) * 1000),
    requestBytes: 0,
    responseBytes: 0,
    ip,
    userAgent: recordedUserAgent(userAgent),
    outcome: denial?.code ?? 'VALID',
    requestId,
  };
}

function append(guard: Guard, record: UsageRecord): Promise<boolean> {
  return new Promise((resolve) => guard.usage.append(record, (error) => resolve(error === null)));
}
