import { latencyPercentileMs } from '@latchkey/core';
import { COUNT_COLUMNS } from './rollup.ts';
import type { OutcomeCounts } from './usage-reader.ts';

/** Select list of the summed counts of a rollup, null-safe. */
export const SUM_COUNTS = COUNT_COLUMNS.map((column) => `coalesce(sum(${column}), 0)::float8 as ${column}`).join(', ');

/** The summed histogram, for `parseLatency`. */
export const SUM_LATENCY = 'coalesce(sum(latency), 0)::text as latency';

/** A row of `SUM_COUNTS`. */
export interface CountsRow {
  requests: number;
  ok: number;
  client_errors: number;
  rate_limited: number;
  server_errors: number;
  sum_us: number;
  request_bytes: number;
  response_bytes: number;
}

export function outcomeCounts(row: CountsRow): OutcomeCounts {
  return {
    requests: row.requests,
    ok: row.ok,
    clientErrors: row.client_errors,
    rateLimited: row.rate_limited,
    serverErrors: row.server_errors,
  };
}

/** Milliseconds to a hundredth; `null` without requests. */
export function averageMs(row: { requests: number; sum_us: number }): number | null {
  return row.requests === 0 ? null : Math.round(row.sum_us / row.requests / 10) / 100;
}

/** As `averageMs`, of a merged histogram. */
export function percentileMs(latency: readonly number[], quantile: number): number | null {
  const value = latencyPercentileMs(latency, quantile);
  return value === null ? null : Math.round(value * 100) / 100;
}

export function percentiles(latency: readonly number[]): { p50: number | null; p95: number | null; p99: number | null } {
  return { p50: percentileMs(latency, 0.5), p95: percentileMs(latency, 0.95), p99: percentileMs(latency, 0.99) };
}

/** Whole milliseconds, as the reports of contract §3 give them. */
export function wholeAverageMs(row: { requests: number; sum_us: number }): number {
  return row.requests === 0 ? 0 : Math.round(row.sum_us / row.requests / 1000);
}

export function isoInstant(at: number): string {
  return new Date(at).toISOString();
}
