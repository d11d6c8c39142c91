import { decidingWindow, type QuotaState, type RateLimitState } from '@latchkey/core';
import { isoInstant } from './iso-instant.ts';

/** What is known of a token's limits when one of its requests was decided. */
export interface LimitsSeen {
  /** Every window that the request draws from. */
  readonly windows: readonly RateLimitState[];
  /** `null`: the token has no quota, or nobody looked. */
  readonly quota: QuotaState | null;
}

/**
 * The limits of an identified token as headers, names and values in turn. `X-RateLimit-*` show one window: the refusing one, else the one
 * with the least share left (Reset: the ISO-8601 UTC instant of its end). `RateLimit-Policy` and `RateLimit` of
 * draft-ietf-httpapi-ratelimit-headers-11 list every window by its name, and the quota as `quota`; their times are whole seconds. A quota that is
 * never refilled has no policy, because it has neither a window nor a fixed amount.
 * @param now epoch milliseconds.
 */
export function rateLimitHeaders({ windows, quota }: LimitsSeen, now: number): string[] {
  const deciding = decidingWindow(windows);
  const headers: string[] = [];
  if (deciding !== null) {
    headers.push('X-RateLimit-Limit', String(deciding.limit), 'X-RateLimit-Remaining', String(deciding.remaining));
    headers.push('X-RateLimit-Reset', isoInstant(deciding.resetAt));
  }
  const [policies, limits] = [listPolicies(windows, quota), listLimits(windows, quota, now)];
  if (policies !== '') headers.push('RateLimit-Policy', policies);
  if (limits !== '') headers.push('RateLimit', limits);
  return headers;
}

/** The same as lines of a head, each with its line break: what is written with every answer is put together once. */
export function rateLimitLines(limits: LimitsSeen, now: number): string {
  const [only] = limits.windows;
  if (limits.windows.length === 1 && only !== undefined && limits.quota === null) return windowLines(only, now);
  const headers = rateLimitHeaders(limits, now);
  let lines = '';
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}

/** Most tokens have one window. What its lines say of the limit itself is kept from the last time: few limits are in use. */
function windowLines(window: RateLimitState, now: number): string {
  const { remaining, resetAt } = window;
  const { before, behind } = constantLines(window);
  const left = String(remaining);
  return `${before}${left}\r\nX-RateLimit-Reset: ${isoInstant(resetAt)}${behind}${left};t=${secondsUntil(resetAt, now)}\r\n`;
}

interface ConstantLines {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Up to what is left. */
  readonly before: string;
  /** From behind the reset up to what is left, which is said once more. */
  readonly behind: string;
}

let lastLines: ConstantLines = { name: '', limit: 0, windowMs: 0, before: '', behind: '' };

function constantLines({ name, limit, windowMs }: RateLimitState): ConstantLines {
  if (lastLines.limit === limit && lastLines.windowMs === windowMs && lastLines.name === name) return lastLines;
  const before = `X-RateLimit-Limit: ${limit}\r\nX-RateLimit-Remaining: `;
  const behind = `\r\nRateLimit-Policy: ${policyOf(name, limit, windowMs)}\r\nRateLimit: "${name}";r=`;
  lastLines = { name, limit, windowMs, before, behind };
  return lastLines;
}

function listPolicies(windows: readonly RateLimitState[], quota: QuotaState | null): string {
  let list = '';
  for (const { name, limit, windowMs } of windows) list = append(list, policyOf(name, limit, windowMs));
  if (quota === null || quota.refillAmount === null || quota.refillIntervalMs === null) return list;
  return append(list, policyOf('quota', quota.refillAmount, quota.refillIntervalMs));
}

function listLimits(windows: readonly RateLimitState[], quota: QuotaState | null, now: number): string {
  let list = '';
  for (const { name, remaining, resetAt } of windows) list = append(list, `"${name}";r=${remaining};t=${secondsUntil(resetAt, now)}`);
  if (quota === null || quota.outcome === 'unavailable') return list;
  const reset = quota.refillAt === null ? '' : `;t=${secondsUntil(quota.refillAt, now)}`;
  return append(list, `"quota";r=${quota.remaining}${reset}`);
}

function policyOf(name: string, amount: number, windowMs: number): string {
  return `"${name}";q=${amount};w=${Math.ceil(windowMs / 1000)}`;
}

function append(list: string, item: string): string {
  return list === '' ? item : `${list}, ${item}`;
}

/** Whole seconds until an instant, rounded up, never negative. */
export function secondsUntil(instant: number, now: number): number {
  return Math.max(0, Math.ceil((instant - now) / 1000));
}
