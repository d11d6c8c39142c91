import type { UsageRange } from './usage-reader.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** `[from, to)` in epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The whole hours (UTC) that a range touches: nothing finer is summed. */
export function hoursOf(range: UsageRange): Span {
  return { from: Math.floor(range.from / HOUR_MS) * HOUR_MS, to: Math.ceil(range.to / HOUR_MS) * HOUR_MS };
}

/** The last `days` × 24 hours, the running one included. */
export function lastDays(days: number, now: number): Span {
  const to = Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS;
  return { from: to - days * DAY_MS, to };
}

/**
 * The same hours as whole days (UTC), which are read from rollups by day, and what sticks out before and after them. Where the hours
 * reach the present the running day is whole: nothing comes after it yet.
 */
export function splitDays(hours: Span, now: number): { days: Span; edges: [Span, Span] } {
  const from = Math.ceil(hours.from / DAY_MS) * DAY_MS;
  const to = (hours.to > now ? Math.ceil(hours.to / DAY_MS) : Math.floor(hours.to / DAY_MS)) * DAY_MS;
  if (from > to) return { days: { from, to: from }, edges: [hours, { from: hours.to, to: hours.to }] };
  return {
    days: { from, to },
    edges: [
      { from: hours.from, to: Math.min(from, hours.to) },
      { from: Math.min(to, hours.to), to: hours.to },
    ],
  };
}
