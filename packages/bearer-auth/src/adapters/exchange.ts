import type { IncomingMessage, ServerResponse } from 'node:http';
import { DENIALS, type DenialReason } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import { rateLimitLines } from '../rate-limit-headers.ts';
import { renderDenial } from '../render-denial.ts';
import type { Admitted, Refused } from '../verdict.ts';
import { firstHold, type Hold, type HoldOwner, holdLastByte, releaseLastByte, writtenBytes } from './hold-last-byte.ts';
import { type Arrived, brokenRecord, refusalRecord, usageRecord } from './usage-record.ts';

/** A request that arrived, and how much of its body did. */
export interface Arrival extends Arrived {
  requestBytes: number;
}

/** Notes the arrival of a request; counts its body as it comes in, whether anybody reads it or not. */
export function noteArrival(req: IncomingMessage, now: () => number): Arrival {
  const { method = 'GET', headers } = req;
  const arrival: Arrival = { method, userAgent: headers['user-agent'], at: now(), startedAt: performance.now(), requestBytes: 0 };
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return arrival;
  const push = req.push;
  req.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (chunk !== null) arrival.requestBytes += chunk.length;
    return push.call(req, chunk, encoding);
  };
  return arrival;
}

/** What this very guard has made of the request before, where it has let it pass already. */
export function exchangeBefore(guard: Guard, res: ServerResponse): Pick<Exchange, 'arrival' | 'admission'> | null {
  for (let hold = firstHold(res); hold !== null; hold = hold.next) {
    const exchange = hold.owner as Exchange;
    if (exchange.guard === guard) return exchange;
  }
  return null;
}

/** Answers a refused request; that of an identified token is on record before its answer leaves. One that passed before has its record. */
export function answerRefusal(guard: Guard, req: IncomingMessage, res: ServerResponse, arrival: Arrival, refusal: Refused): void {
  const before = exchangeBefore(guard, res);
  if (before !== null) {
    answerDenial(guard, req, res, before.admission, refusal.reason, refusal.required);
    return;
  }
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
  const record = refusalRecord(arrival, refusal, status, Buffer.byteLength(body), res.destroyed);
  if (record === null) {
    answer();
    return;
  }
  guard.usage.append(record, (error) => {
    if (error === null) answer();
    else res.destroy();
  });
}

/** An admitted request and its answer, until it is on record. */
interface Exchange {
  readonly guard: Guard;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly arrival: Arrival;
  readonly admission: Admission;
  isRecorded: boolean;
  hold: Hold<Exchange> | null;
}

/**
 * Lets a handler answer an admitted request, with the guard's headers on the answer and its usage record durable before the last byte:
 * the chunk that completes a declared length, the terminator of a chunked body, or the head where there is no body is held back until then.
 * A client that goes away earlier is recorded once, as 499. Answers `false` when it is gone already: the handler is not to run.
 * Of a request that passed before all of this is there.
 */
export function openExchange(guard: Guard, req: IncomingMessage, res: ServerResponse, arrival: Arrival, admitted: Admitted): boolean {
  const { admission, limits, at } = admitted;
  if (exchangeBefore(guard, res)?.admission === admission) return !res.destroyed;
  const exchange: Exchange = { guard, req, res, arrival, admission, isRecorded: false, hold: null };
  if (res.destroyed) {
    recordAbort(exchange);
    return false;
  }
  const ownHead = `X-Request-Id: ${admission.requestId}\r\n${rateLimitLines(limits, at)}`;
  exchange.hold = holdLastByte(res, ownHead, exchange, RECORDING);
  return true;
}

const RECORDING: HoldOwner<Exchange> = { onEnd: recordEnd, onClose: recordAbort };

function recordEnd(exchange: Exchange, responseBytes: number): void {
  if (exchange.isRecorded) return;
  exchange.isRecorded = true;
  const { guard, res, arrival, admission, hold } = exchange;
  guard.usage.append(usageRecord(arrival, admission, res.statusCode, responseBytes, admission.outcome), (error) => {
    if (error === null && hold !== null) releaseLastByte(hold);
    else res.destroy();
  });
}

/** Every response closes; most have been recorded by then. */
function recordAbort(exchange: Exchange): void {
  if (exchange.isRecorded) return;
  exchange.isRecorded = true;
  const { guard, arrival, admission, hold } = exchange;
  guard.usage.append(brokenRecord(arrival, admission, hold === null ? 0 : writtenBytes(hold)), () => {});
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
