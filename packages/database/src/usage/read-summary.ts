import type { SqlExecutor } from '../sql-executor.ts';
import { parseLatency } from './latency-number.ts';
import type { UsageRange, UsageTotals } from './usage-reader.ts';
import { averageMs, type CountsRow, isoInstant, outcomeCounts, percentiles, SUM_COUNTS, SUM_LATENCY } from './usage-row.ts';
import { hoursOf, type Span } from './usage-span.ts';

interface TotalsRow extends CountsRow {
  latency: string | null;
}

/** The range, and as many hours right before it. */
export async function readSummary(
  executor: SqlExecutor,
  range: UsageRange,
  now: number,
): Promise<{ current: UsageTotals; previous: UsageTotals; activeTokens: number }> {
  const hours = hoursOf(range);
  return {
    current: await readTotals(executor, range.tokenId, hours),
    previous: await readTotals(executor, range.tokenId, { from: 2 * hours.from - hours.to, to: hours.from }),
    activeTokens: await countActiveTokens(executor, now),
  };
}

/** Sums of whole hours. */
export async function readTotals(executor: SqlExecutor, tokenId: number | undefined, hours: Span): Promise<UsageTotals> {
  const span = [isoInstant(hours.from), isoInstant(hours.to)];
  const [row] =
    tokenId === undefined
      ? await executor.query<TotalsRow>(`select ${SUM_COUNTS}, ${SUM_LATENCY} from usage_hour where hour >= $1 and hour < $2`, span)
      : await executor.query<TotalsRow>(
          `select ${SUM_COUNTS}, ${SUM_LATENCY} from usage_token_hour where hour >= $1 and hour < $2 and token_id = $3`,
          [...span, tokenId],
        );
  if (!row) throw new Error('A sum without groups is always one row.');
  return {
    ...outcomeCounts(row),
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    avg: averageMs(row),
    ...percentiles(parseLatency(row.latency)),
  };
}

/** Enabled, not revoked, not expired (G-13). */
export async function countActiveTokens(executor: SqlExecutor, now: number): Promise<number> {
  const [row] = await executor.query<{ count: number }>(
    'select count(*)::float8 as count from api_tokens where active and revoked_at is null and (expires_at is null or expires_at > $1)',
    [isoInstant(now)],
  );
  return row?.count ?? 0;
}
