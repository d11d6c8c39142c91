import type { IncomingMessage, ServerResponse } from 'node:http';
import { DENIALS, type DenialCode, type DenialReason, type Outcome, type UsageRecord } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Admitted, Guard, Refused } from '../guard.ts';
import { rateLimitHeaders } from '../rate-limit-headers.ts';
import { renderDenial } from '../render-denial.ts';
import { holdLastByte } from './hold-last-byte.ts';

/** When a request arrived, and how much of its body did. */
export interface Arrival {
  /** Epoch milliseconds. */
  readonly at: number;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  requestBytes: number;
}

/** What happened to an identified request, except for how long it took. */
interface Result {
  readonly tokenId: number;
  readonly secretId: number;
  readonly path: string;
  readonly endpoint: string;
  readonly ip: string | null;
  readonly requestId: string;
  readonly cost: number;
  readonly status: number;
  readonly responseBytes: number;
  readonly outcome: Outcome;
  readonly trial: DenialCode | null;
}

const MAX_PATH_LENGTH = 2_048;
const MAX_USER_AGENT_LENGTH = 512;
const CLIENT_CLOSED = 499;

/** Notes the arrival of a request; counts its body as it comes in, whether anybody reads it or not. */
export function noteArrival(req: IncomingMessage, now: () => number): Arrival {
  const arrival: Arrival = { at: now(), startedAt: performance.now(), requestBytes: 0 };
  if (req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined) return arrival;
  const push = req.push;
  req.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (chunk !== null) arrival.requestBytes += chunk.length;
    return push.call(req, chunk, encoding);
  };
  return arrival;
}

/** Answers a refused request; that of an identified token is on record before its answer leaves. */
export function answerRefusal(guard: Guard, req: IncomingMessage, res: ServerResponse, arrival: Arrival, refusal: Refused): void {
  const { token, reason } = refusal;
  const { status, headers, body } = renderDenial({
    ...refusal,
    realm: guard.realm,
    now: guard.now(),
    accept: req.headers.accept,
  });
  const answer = (): void => {
    res.writeHead(status, headers);
    res.end(body);
  };
  // What can not be recorded is what `spool_full` says.
  if (token === null || reason === 'spool_full') {
    answer();
    return;
  }
  const isAway = res.destroyed;
  const record = usageRecord(req, arrival, {
    ...refusal,
    tokenId: token.id,
    secretId: token.secretId,
    status: isAway ? CLIENT_CLOSED : status,
    responseBytes: isAway || req.method === 'HEAD' ? 0 : Buffer.byteLength(body),
    outcome: isAway ? 'CLIENT_CLOSED' : DENIALS[reason].code,
    trial: null,
  });
  guard.usage.append(record, (error) => {
    if (error === null) answer();
    else res.destroy();
  });
}

/**
 * Lets a handler answer an admitted request, with the guard's headers on the answer and its usage record durable before the last byte:
 * the chunk that completes a declared length, the terminator of a chunked body, or the head where there is no body is held back until then.
 * A client that goes away earlier is recorded once, as 499. Answers `false` when it is gone already: the handler is not to run.
 */
export function openExchange(guard: Guard, req: IncomingMessage, res: ServerResponse, arrival: Arrival, admitted: Admitted): boolean {
  const { admission, limits } = admitted;
  const ownHeaders = ['X-Request-Id', admission.requestId, ...rateLimitHeaders(limits, guard.now())];
  let isRecorded = false;
  const record = (status: number, responseBytes: number, outcome: Outcome, done: (error: Error | null) => void): void => {
    if (isRecorded) return;
    isRecorded = true;
    const { id: tokenId, secretId } = admission.token;
    guard.usage.append(usageRecord(req, arrival, { ...admission, tokenId, secretId, status, responseBytes, outcome }), done);
  };
  const hold = holdLastByte(req, res, ownHeaders, (responseBytes, release) => {
    record(res.statusCode, responseBytes, admission.outcome, (error) => {
      if (error === null) release();
      else res.destroy();
    });
  });
  // Every response closes; most have been recorded by then.
  const recordAbort = (): void => {
    if (isRecorded) return;
    const outcome = admission.outcome === 'VALID' ? 'CLIENT_CLOSED' : admission.outcome;
    record(statusOf(outcome) ?? CLIENT_CLOSED, hold.writtenBytes(), outcome, () => {});
  };
  if (res.destroyed) {
    recordAbort();
    return false;
  }
  res.once('close', recordAbort);
  return true;
}

/** Answers an admitted request with a denial after all: the upstream is gone, or a route asks for a scope the token lacks. */
export function answerDenial(
  guard: Guard,
  req: IncomingMessage,
  res: ServerResponse,
  admission: Admission,
  reason: DenialReason,
  required: readonly string[] = [],
): void {
  const { requestId, path } = admission;
  admission.outcome = DENIALS[reason].code;
  // Half an answer is out already: only cutting it off tells the client.
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const rendered = renderDenial({ reason, requestId, path, required, realm: guard.realm, now: guard.now(), accept: req.headers.accept });
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(rendered.status, rendered.headers);
  res.end(rendered.body);
}

function usageRecord(req: IncomingMessage, arrival: Arrival, result: Result): UsageRecord {
  return {
    kind: 'request',
    tokenId: result.tokenId,
    at: arrival.at,
    method: req.method ?? 'GET',
    endpoint: result.endpoint,
    path: result.path.slice(0, MAX_PATH_LENGTH),
    status: result.status,
    durationUs: Math.round((performance.now() - arrival.startedAt) * 1000),
    requestBytes: arrival.requestBytes,
    responseBytes: result.responseBytes,
    ip: result.ip,
    userAgent: req.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    outcome: result.outcome,
    requestId: result.requestId,
    secretId: result.secretId,
    cost: result.cost,
    trial: result.trial,
  };
}

/** The status of an outcome that ended an answer half-way. */
function statusOf(outcome: Outcome): number | undefined {
  return Object.values(DENIALS).find((denial) => denial.code === outcome)?.status;
}
