import type { SqlExecutor } from '../sql-executor.ts';
import { type LogRow, SELECT_REQUEST, toRequest } from './read-requests.ts';
import type { FindRequestQuery, RequestRow } from './usage-reader.ts';
import { isoInstant } from './usage-row.ts';

/**
 * For the rest of this transaction. The planner takes the filters over request ids for useless, because ids come in no order, and reads the
 * whole log instead.
 */
async function preferFilters(executor: SqlExecutor): Promise<void> {
  await executor.query('set local enable_seqscan = off');
  await executor.query('set local enable_indexscan = off');
}

/** A time that was read off a screen is a second off; the log keeps milliseconds. */
const NEAR_MS = 5_000;

/** The newest logged request with this id. Without a time every partition is asked, each by its own summary of the ids it holds. */
export async function findRequest(executor: SqlExecutor, query: FindRequestQuery): Promise<RequestRow | null> {
  const values: unknown[] = [query.requestId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['u.request_id = $1'];
  if (query.tokenId !== undefined) conditions.push(`u.token_id = ${parameter(query.tokenId)}`);
  if (query.at !== undefined) {
    conditions.push(`u.at >= ${parameter(isoInstant(query.at - NEAR_MS))}`, `u.at <= ${parameter(isoInstant(query.at + NEAR_MS))}`);
  }
  if (query.tokenId === undefined && query.at === undefined) await preferFilters(executor);
  const [row] = await executor.query<LogRow>(`${SELECT_REQUEST} where ${conditions.join(' and ')} order by u.at desc limit 1`, values);
  return row ? toRequest(row) : null;
}
