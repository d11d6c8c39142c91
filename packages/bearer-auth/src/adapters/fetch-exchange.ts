import { DENIALS, type DenialReason, type Outcome, type TokenRecord, type UsageRecord } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import { rateLimitHeaders } from '../rate-limit-headers.ts';
import { type DenialContext, type RenderedDenial, renderDenial } from '../render-denial.ts';
import type { Admitted, Refused } from '../verdict.ts';
import { endAfter } from './end-after.ts';
import type { FetchArrival } from './fetch-arrival.ts';
import { OWN_HEADER_NAMES } from './own-header-names.ts';
import { CLIENT_CLOSED, recordedPath, recordedUserAgent } from './recorded-text.ts';

/** Of an answer, for its record. */
interface Answered {
  readonly status: number;
  readonly responseBytes: number;
  readonly outcome: Outcome;
}

/** Whom a record is about. */
interface Subject extends Pick<Admission, 'path' | 'endpoint' | 'cost' | 'trial'> {
  readonly token: TokenRecord;
}

/** The answer to a refused request; that of an identified token is on record before it is there. */
export async function answerRefusal(guard: Guard, arrival: FetchArrival, refusal: Refused): Promise<Response> {
  const { request } = arrival;
  const { token, reason } = refusal;
  const rendered = renderDenial({ ...refusal, realm: guard.realm, now: guard.now(), accept: request.headers.get('accept') ?? undefined });
  const response = toResponse(request, rendered);
  // What can not be recorded is what `spool_full` says.
  if (token === null || reason === 'spool_full') return response;
  const isAway = request.signal.aborted;
  const responseBytes = isAway || request.method === 'HEAD' ? 0 : new TextEncoder().encode(rendered.body).length;
  const answered: Answered = isAway
    ? { status: CLIENT_CLOSED, responseBytes, outcome: 'CLIENT_CLOSED' }
    : { status: rendered.status, responseBytes, outcome: DENIALS[reason].code };
  const error = await append(guard, toRecord(arrival, { ...refusal, token, trial: null }, answered));
  return error === null ? response : brokenResponse(error);
}

/** The denial of an admitted request after all, as its handler may answer it; its record will say so. */
export function denialResponse(
  guard: Guard,
  request: Request,
  admission: Admission,
  reason: DenialReason,
  required: readonly string[] = [],
): Response {
  const { requestId, path } = admission;
  admission.outcome = DENIALS[reason].code;
  const accept = request.headers.get('accept') ?? undefined;
  return toResponse(request, renderDenial({ reason, requestId, path, required, realm: guard.realm, now: guard.now(), accept }));
}

/** An admitted request and its answer, until it is on record. */
interface Exchange {
  readonly guard: Guard;
  readonly arrival: FetchArrival;
  readonly admission: Admission;
  isRecorded: boolean;
}

/**
 * The handler's answer to an admitted request, with the guard's headers, ending only once it is on record: the part that completes a declared
 * length, the end of a body of unknown length, or the whole answer where it has no body. A client that goes away is recorded once, as 499, and
 * where it is gone already the handler is not run; a handler that throws, or answers what can not be sent, is recorded as 500.
 */
export async function runExchange(
  guard: Guard,
  arrival: FetchArrival,
  admitted: Admitted,
  handle: () => Response | Promise<Response>,
): Promise<Response> {
  const exchange: Exchange = { guard, arrival, admission: admitted.admission, isRecorded: false };
  const { signal } = arrival.request;
  const onAbort = (): void => recordAbort(exchange, 0);
  if (signal.aborted) {
    onAbort();
    return unreadResponse();
  }
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await answer(exchange, admitted, await handle());
  } catch (error) {
    await record(exchange, { status: 500, responseBytes: 0, outcome: admitted.admission.outcome });
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The answer as the client may have it; one that breaks where it can not be recorded. */
async function answer(exchange: Exchange, admitted: Admitted, response: Response): Promise<Response> {
  const headers = withOwnHeaders(response.headers, admitted);
  const init = { status: response.status, statusText: response.statusText, headers };
  const ended = (responseBytes: number) =>
    record(exchange, { status: response.status, responseBytes, outcome: exchange.admission.outcome });
  if (response.body !== null && exchange.arrival.request.method !== 'HEAD') {
    const length = headers.get('content-length');
    const abandoned = (responseBytes: number) => recordAbort(exchange, responseBytes);
    return new Response(endAfter(response.body, length === null ? null : Number(length), ended, abandoned), init);
  }
  // Made before it is on record: what can not be an answer is recorded as what it is.
  const bodiless = new Response(null, init);
  // Nobody reads it, so nobody needs to know that its source can not be stopped.
  await response.body?.cancel().catch(() => undefined);
  const error = await ended(0);
  return error === null ? bodiless : brokenResponse(error);
}

function withOwnHeaders(given: Headers, { admission, limits, at }: Admitted): Headers {
  const headers = new Headers(given);
  for (const name of OWN_HEADER_NAMES) headers.delete(name);
  const own = ['X-Request-Id', admission.requestId, ...rateLimitHeaders(limits, at)];
  for (let index = 0; index < own.length; index += 2) headers.set(own[index] ?? '', own[index + 1] ?? '');
  return headers;
}

function recordAbort(exchange: Exchange, responseBytes: number): void {
  const { outcome } = exchange.admission;
  void record(exchange, { status: CLIENT_CLOSED, responseBytes, outcome: outcome === 'VALID' ? 'CLIENT_CLOSED' : outcome });
}

async function record(exchange: Exchange, answered: Answered): Promise<Error | null> {
  if (exchange.isRecorded) return null;
  exchange.isRecorded = true;
  return append(exchange.guard, toRecord(exchange.arrival, exchange.admission, answered));
}

function append({ usage }: Guard, usageRecord: UsageRecord): Promise<Error | null> {
  return new Promise((resolve) => usage.append(usageRecord, resolve));
}

function toRecord(
  { request, guarded, startedAt }: FetchArrival,
  subject: Subject,
  { status, responseBytes, outcome }: Answered,
): UsageRecord {
  return {
    kind: 'request',
    tokenId: subject.token.id,
    at: guarded.at,
    method: guarded.method,
    endpoint: subject.endpoint,
    path: recordedPath(subject.path),
    status,
    durationUs: Math.round((performance.now() - startedAt) * 1000),
    requestBytes: declaredLength(request),
    responseBytes,
    ip: guarded.ip,
    userAgent: recordedUserAgent(request.headers.get('user-agent')),
    outcome,
    requestId: guarded.requestId,
    secretId: subject.token.secretId,
    cost: subject.cost,
    trial: subject.trial,
  };
}

/** Bodies are counted by what they declare: whoever reads the stream of a body of unknown length is the handler. */
function declaredLength({ headers }: Request): number {
  const length = Number(headers.get('content-length') ?? 0);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}

/** A denial of a request that is not there as one. */
export function denialOf(context: DenialContext): Response {
  const { status, headers, body } = renderDenial(context);
  return new Response(body, { status, headers: toHeaders(headers) });
}

function toResponse(request: Request, { status, headers, body }: RenderedDenial): Response {
  return new Response(request.method === 'HEAD' ? null : body, { status, headers: toHeaders(headers) });
}

/** From names and values in turn. */
function toHeaders(headers: readonly string[]): Headers {
  const list = new Headers();
  for (let index = 0; index < headers.length; index += 2) list.append(headers[index] ?? '', headers[index + 1] ?? '');
  return list;
}

/** For a client that is gone. */
export function unreadResponse(): Response {
  return new Response(null, { status: CLIENT_CLOSED });
}

/** What can not be recorded is not answered: the connection breaks. */
function brokenResponse(error: Error): Response {
  const body = new ReadableStream({
    pull: (controller) => controller.error(error),
  });
  return new Response(body, { status: 503, headers: { 'Content-Length': '1' } });
}
