import { createReplay, parseRequestPath, type ReplayedRequest, type ReplayProposal } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import type { WhatIfQuery, WhatIfResult } from './usage-reader.ts';
import { isoInstant } from './usage-row.ts';
import { HOUR_MS, hoursOf } from './usage-span.ts';

/** So many requests are replayed at most, the newest: about ten seconds of one processor. */
const MOST_ROWS = 2_000_000;
/** Read at a time: what the guard of this process waits for the longest. */
const ROWS_AT_A_TIME = 2_000;

interface LogRow {
  at: number;
  method: string;
  endpoint: string;
  path: string;
  cost: number;
  outcome: string;
}

/**
 * Replays the logged requests of one token in the order in which they came. Only those are judged that reach the rules on trial: what a
 * disabled or expired token was refused, say, it would be refused again. To be called in a transaction: it reads by a cursor.
 */
export async function readWhatIf(executor: SqlExecutor, query: WhatIfQuery): Promise<WhatIfResult> {
  const { tokenId, proposal } = query;
  const to = query.to;
  const from = Math.max(query.from, await startOfNewest(executor, query));
  const replay = createReplay(proposal);
  const values = [tokenId, isoInstant(from), isoInstant(to), judgedOutcomes(proposal)];
  // A path is only compared where a list of endpoints is tried; leaving it out saves a third of the time.
  const path = proposal.allowedEndpoints === null ? "''" : 'path';
  await executor.query(
    `declare replayed no scroll cursor for
     select (extract(epoch from at) * 1000)::float8 as at, method, endpoint, ${path} as path, cost, outcome
     from api_token_usage
     where token_id = $1 and at >= $2::timestamptz and at < $3::timestamptz and outcome = any($4::text[])
     order by at, id`,
    values,
  );
  for (let isOver = false; !isOver; ) {
    const rows = await executor.query<LogRow>(`fetch ${ROWS_AT_A_TIME} from replayed`);
    for (const row of rows) replay.add(toReplayed(row));
    isOver = rows.length < ROWS_AT_A_TIME;
  }
  await executor.query('close replayed');
  const { hours, worstHour, endpoints, ...sums } = replay.result();
  const viewHour = ({ at, ...counts }: (typeof hours)[number]) => ({ at: isoInstant(at), ...counts });
  return {
    ...sums,
    from: isoInstant(from),
    to: isoInstant(to),
    isCut: from > query.from,
    hoursRefused: hours.filter(({ refused }) => refused > 0).length,
    hours: hours.map(viewHour),
    worstHour: worstHour && viewHour(worstHour),
    endpoints: endpoints.slice(0, 20),
  };
}

/** The first whole hour from which on there are no more than `MOST_ROWS`, by the rollup. */
async function startOfNewest(executor: SqlExecutor, { tokenId, from, to }: WhatIfQuery): Promise<number> {
  const hours = hoursOf({ from, to });
  const [row] = await executor.query<{ from_ms: number | null }>(
    `select (extract(epoch from max(hour)) * 1000)::float8 as from_ms from (
       select hour, sum(requests) over (order by hour desc) as so_far from usage_token_hour
       where token_id = $1 and hour >= $2::timestamptz and hour < $3::timestamptz
     ) as newest where so_far > ${MOST_ROWS}`,
    [tokenId, isoInstant(hours.from), isoInstant(hours.to)],
  );
  const full = row?.from_ms ?? null;
  return full === null ? from : full + HOUR_MS;
}

const PASSED = ['VALID', 'CLIENT_CLOSED', 'UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT'];

/** Refusals by a rule of a kind that is tried are judged anew. */
function judgedOutcomes({ allowedEndpoints, rateLimit }: ReplayProposal): string[] {
  return [...PASSED, ...(allowedEndpoints === null ? [] : ['ENDPOINT_NOT_ALLOWED']), ...(rateLimit === null ? [] : ['RATE_LIMITED'])];
}

/** The log holds the path as it was sent, and only paths that were accepted. */
function toReplayed({ at, method, endpoint, path, cost, outcome }: LogRow): ReplayedRequest {
  const parsed = path === '' ? null : parseRequestPath(path);
  return { at, method, endpoint, cost, path: parsed?.ok ? parsed.decoded : path, wasRefused: !PASSED.includes(outcome) };
}
