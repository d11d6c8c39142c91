import { DENIALS, type Denial, type DenialReason, decidingWindow } from '@latchkey/core';
import { type LimitsSeen, rateLimitHeaders, secondsUntil } from './rate-limit-headers.ts';

/** What a denial is rendered from. */
export interface DenialContext {
  readonly reason: DenialReason;
  readonly requestId: string;
  /** Name of the protected API in challenges. */
  readonly realm: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The request's `Accept`. */
  readonly accept?: string | undefined;
  /** The path that was asked for; `instance` of problem details. */
  readonly path?: string;
  /** Missing scopes or permissions. */
  readonly required?: readonly string[];
  /** The limits of an identified token. */
  readonly limits?: LimitsSeen | null;
}

/** An answer ready to be written. `headers`: names and values in turn. */
export interface RenderedDenial {
  readonly status: number;
  readonly headers: string[];
  readonly body: string;
}

/** Answers to a temporary failure ask for this pause. */
const UNAVAILABLE_SECONDS = 5;
/** A quota that nothing refills comes back when an administrator says so. */
const NO_REFILL_SECONDS = 60;

/**
 * Renders a denial (contract §4): JSON `{ error, code, message, request_id, … }`, or problem details (RFC 9457) with the same members where
 * the client's `Accept` asks for `application/problem+json`; the challenge of RFC 6750 on 401 and missing scopes; `Cache-Control: no-store`;
 * `Retry-After` on 429 and 503; the rate-limit headers of an identified token.
 */
export function renderDenial(context: DenialContext): RenderedDenial {
  const denial: Denial = DENIALS[context.reason];
  const isProblem = asksForProblem(context.accept);
  const members = bodyMembers(context, denial);
  const body = JSON.stringify(isProblem ? { ...problemMembers(context, denial), ...members } : members);
  const headers = [
    'Content-Type',
    isProblem ? 'application/problem+json' : 'application/json; charset=utf-8',
    'Content-Length',
    String(new TextEncoder().encode(body).length),
    'Cache-Control',
    'no-store',
    'X-Request-Id',
    context.requestId,
    ...challengeHeader(context, denial),
    ...retryHeader(context, denial),
    ...(context.limits ? rateLimitHeaders(context.limits, context.now) : []),
  ];
  return { status: denial.status, headers, body };
}

function bodyMembers(context: DenialContext, denial: Denial): Record<string, unknown> {
  const { error, code, message } = denial;
  const members: Record<string, unknown> = { error, code, message, request_id: context.requestId };
  if (context.required !== undefined && context.required.length > 0) members.required = context.required;
  const window = context.reason === 'rate_limited' ? decidingWindow(context.limits?.windows ?? []) : null;
  if (window !== null) Object.assign(members, { limit: window.limit, current: window.current });
  if (denial.status === 429) members.retry_after = retryAfterSeconds(context, denial);
  return members;
}

function problemMembers(context: DenialContext, denial: Denial): Record<string, unknown> {
  const type = `urn:latchkey:problem:${denial.code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title: denial.error, status: denial.status, detail: denial.message, instance: context.path || undefined };
}

/** RFC 6750 §3: no error where no credential was sent; the scope that is needed where one is missing. */
function challengeHeader(context: DenialContext, denial: Denial): string[] {
  if (denial.challenge === null) return [];
  const parts = [`realm="${quoted(context.realm)}"`];
  if (denial.challenge !== 'none') parts.push(`error="${denial.challenge}"`, `error_description="${quoted(denial.error)}"`);
  if (denial.challenge === 'insufficient_scope') parts.push(`scope="${quoted((context.required ?? []).join(' '))}"`);
  return ['WWW-Authenticate', `Bearer ${parts.join(', ')}`];
}

/** The inside of a quoted-string (RFC 9110 §5.6.4); what may not stand there is left out. */
function quoted(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&');
}

function retryHeader(context: DenialContext, denial: Denial): string[] {
  const seconds = retryAfterSeconds(context, denial);
  return seconds === null ? [] : ['Retry-After', String(seconds)];
}

function retryAfterSeconds(context: DenialContext, denial: Denial): number | null {
  if (denial.status === 503) return UNAVAILABLE_SECONDS;
  if (denial.status !== 429) return null;
  const { limits, now, reason } = context;
  const opensAt = reason === 'rate_limited' ? decidingWindow(limits?.windows ?? [])?.resetAt : limits?.quota?.refillAt;
  return opensAt === undefined || opensAt === null ? NO_REFILL_SECONDS : Math.max(1, secondsUntil(opensAt, now));
}

/** Whether `Accept` names problem details, and does not rank plain JSON above them. */
function asksForProblem(accept: string | undefined): boolean {
  if (accept === undefined || !accept.toLowerCase().includes('problem+json')) return false;
  const problem = qualityOf(accept, 'application/problem+json');
  return problem > 0 && problem >= qualityOf(accept, 'application/json');
}

/** The `q` of a media type that is named; 0 where it is not. */
function qualityOf(accept: string, mediaType: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== mediaType) continue;
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return Number.isNaN(quality) ? 0 : quality;
  }
  return 0;
}
