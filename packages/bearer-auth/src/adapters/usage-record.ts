import { DENIALS, type Outcome, type TokenRecord, type UsageRecord } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Refused } from '../verdict.ts';
import { CLIENT_CLOSED, recordedPath, recordedUserAgent } from './recorded-text.ts';

/** A request that came in, for its record. */
export interface Arrived {
  readonly method: string;
  readonly userAgent: string | null | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  /** Of its body, as far as it came. */
  readonly requestBytes: number;
}

/** Whom a record is about. */
export interface RecordSubject extends Pick<Admission, 'path' | 'endpoint' | 'cost' | 'trial' | 'ip' | 'requestId'> {
  readonly token: TokenRecord;
}

/** The usage record of an answered request. @param responseBytes of the body, without its framing. */
export function usageRecord(
  arrived: Arrived,
  { token, path, endpoint, cost, trial, ip, requestId }: RecordSubject,
  status: number,
  responseBytes: number,
  outcome: Outcome,
): UsageRecord {
  return {
    kind: 'request',
    tokenId: token.id,
    at: arrived.at,
    method: arrived.method,
    endpoint,
    path: recordedPath(path),
    status,
    durationUs: Math.round((performance.now() - arrived.startedAt) * 1000),
    requestBytes: arrived.requestBytes,
    responseBytes,
    ip,
    userAgent: recordedUserAgent(arrived.userAgent),
    outcome,
    requestId,
    secretId: token.secretId,
    cost,
    trial,
  };
}

/**
 * The usage record of a refused request; `null`: there is none to be made, because nobody was identified, or because it can not be recorded,
 * which is what `spool_full` says.
 */
export function refusalRecord(
  arrived: Arrived,
  refusal: Refused,
  status: number,
  responseBytes: number,
  isAway: boolean,
): UsageRecord | null {
  const { token, reason } = refusal;
  if (token === null || reason === 'spool_full') return null;
  const subject = { ...refusal, token, trial: null };
  if (isAway) return usageRecord(arrived, subject, CLIENT_CLOSED, 0, 'CLIENT_CLOSED');
  return usageRecord(arrived, subject, status, arrived.method === 'HEAD' ? 0 : responseBytes, DENIALS[reason].code);
}

/** The usage record of an admitted request whose answer was never whole: `CLIENT_CLOSED`, unless its handler had given up before. */
export function brokenRecord(arrived: Arrived, admission: Admission, responseBytes: number): UsageRecord {
  const outcome = admission.outcome === 'VALID' ? 'CLIENT_CLOSED' : admission.outcome;
  return usageRecord(arrived, admission, statusOf(outcome) ?? CLIENT_CLOSED, responseBytes, outcome);
}

/** The status of an outcome that ended an answer half-way. */
function statusOf(outcome: Outcome): number | undefined {
  return Object.values(DENIALS).find((denial) => denial.code === outcome)?.status;
}
