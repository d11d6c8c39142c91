import { DENIALS, type DenialReason, type UsageRecord } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import { rateLimitHeaders } from '../rate-limit-headers.ts';
import { type DenialContext, type RenderedDenial, renderDenial } from '../render-denial.ts';
import type { Admitted, Refused } from '../verdict.ts';
import { endAfter } from './end-after.ts';
import type { FetchArrival } from './fetch-arrival.ts';
import { OWN_HEADER_NAMES } from './own-header-names.ts';
import { CLIENT_CLOSED } from './recorded-text.ts';
import { type Arrived, brokenRecord, refusalRecord, usageRecord } from './usage-record.ts';

/** The answer to a refused request; that of an identified token is on record before it is there. */
export async function answerRefusal(guard: Guard, arrival: FetchArrival, refusal: Refused): Promise<Response> {
  const { request } = arrival;
  const rendered = renderDenial({ ...refusal, realm: guard.realm, now: guard.now(), accept: request.headers.get('accept') ?? undefined });
  const response = toResponse(request, rendered);
  const bytes = new TextEncoder().encode(rendered.body).length;
  const record = refusalRecord(arrived(arrival), refusal, rendered.status, bytes, request.signal.aborted);
  if (record === null) return response;
  const error = await append(guard, record);
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
    await recordAnswer(exchange, 500, 0);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The answer as the client may have it; one that breaks where it can not be recorded. */
async function answer(exchange: Exchange, admitted: Admitted, response: Response): Promise<Response> {
  const headers = withOwnHeaders(response.headers, admitted);
  const init = { status: response.status, statusText: response.statusText, headers };
  const ended = (responseBytes: number) => recordAnswer(exchange, response.status, responseBytes);
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
  void recordOnce(exchange, () => brokenRecord(arrived(exchange.arrival), exchange.admission, responseBytes));
}

function recordAnswer(exchange: Exchange, status: number, responseBytes: number): Promise<Error | null> {
  const { arrival, admission } = exchange;
  return recordOnce(exchange, () => usageRecord(arrived(arrival), admission, status, responseBytes, admission.outcome));
}

async function recordOnce(exchange: Exchange, make: () => UsageRecord): Promise<Error | null> {
  if (exchange.isRecorded) return null;
  exchange.isRecorded = true;
  return append(exchange.guard, make());
}

function append({ usage }: Guard, usageRecord: UsageRecord): Promise<Error | null> {
  return new Promise((resolve) => usage.append(usageRecord, resolve));
}

function arrived({ request, guarded, startedAt }: FetchArrival): Arrived {
  const userAgent = request.headers.get('user-agent');
  return { method: guarded.method, userAgent, at: guarded.at, startedAt, requestBytes: declaredLength(request) };
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
