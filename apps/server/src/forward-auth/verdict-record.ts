import type { Verdict } from '@latchkey/bearer-auth';
import { DENIALS, UNKNOWN_STATUS, type UsageRecord } from '@latchkey/core';

const MAX_PATH_LENGTH = 2_048;
const MAX_USER_AGENT_LENGTH = 512;

export interface Asked {
  /** Of the original request. */
  readonly method: string;
  readonly userAgent: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
}

/**
 * The usage record of a verified request. What an allowed one was answered is known to the proxy alone. `null`: no token was identified, or
 * nothing can be recorded at all.
 */
export function verdictRecord(verdict: Verdict, { method, userAgent, at, startedAt }: Asked): UsageRecord | null {
  const { token, path, endpoint, ip, requestId, cost } = verdict.kind === 'admit' ? verdict.admission : verdict;
  if (token === null || (verdict.kind === 'deny' && verdict.reason === 'spool_full')) return null;
  const denial = verdict.kind === 'deny' ? DENIALS[verdict.reason] : null;
  return {
    kind: 'request',
    tokenId: token.id,
    at,
    method,
    endpoint,
    path: path.slice(0, MAX_PATH_LENGTH),
    status: denial?.status ?? UNKNOWN_STATUS,
    durationUs: Math.round((performance.now() - startedAt) * 1000),
    requestBytes: 0,
    responseBytes: 0,
    ip,
    userAgent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    outcome: denial?.code ?? 'VALID',
    requestId,
    secretId: token.secretId,
    cost,
    trial: verdict.kind === 'admit' ? verdict.admission.trial : null,
    via: 'forward_auth',
  };
}
