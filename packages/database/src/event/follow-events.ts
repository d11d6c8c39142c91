import type { TokenEvent } from '@latchkey/core';
import type { Pool } from 'pg';

export interface FollowOptions {
  /** Called for one event after the other, and awaited. */
  readonly onEvent: (event: TokenEvent) => void | Promise<void>;
  /** Told what `onEvent` and the reading failed with; neither ends the following. */
  readonly onError: (error: unknown) => void;
  /** How often it looks for new ones; 1,000. */
  readonly pollMs?: number | undefined;
}

export interface Following {
  /** Waits for the event that is under way. */
  close(): Promise<void>;
}

// Numbers are given out before their transactions end, so "the last number" would skip what is committed late. Transactions older than the
// oldest that still runs have all ended: nothing can come before a place among them any more.
const NEXT = `
  select transaction_id::text as transaction, number::float8 as number, id, type, data,
    to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at
  from events
  where (transaction_id, number) > ($1::xid8, $2::bigint) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  order by transaction_id, number limit 100`;

const LONGEST_PAUSE_MS = 30_000;

interface Row extends TokenEvent {
  transaction: string;
  number: number;
}

/** Calls back for every event from now on, each once in this process, in the order in which their transactions began. */
export function followEvents(pool: Pool, { onEvent, onError, pollMs = 1_000 }: FollowOptions): Following {
  const stop = new AbortController();
  let place: { transaction: string; number: number } | null = null;

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; ) {
      try {
        const found = await look();
        failures = 0;
        if (found > 0) continue;
      } catch (error) {
        onError(error);
        failures += 1;
      }
      await pause(Math.min(LONGEST_PAUSE_MS, pollMs * 2 ** failures), stop.signal);
    }
  }

  async function look(): Promise<number> {
    place ??= await readPlace(pool);
    const { rows } = await pool.query<Row>(NEXT, [place.transaction, place.number]);
    for (const { transaction, number, ...event } of rows) {
      if (stop.signal.aborted) break;
      // Before the call: one that fails is told of, and not made again.
      place = { transaction, number };
      await Promise.try(onEvent, event).catch(onError);
    }
    return rows.length;
  }

  const ended = run();
  return {
    async close() {
      stop.abort();
      await ended;
    },
  };
}

async function readPlace(pool: Pool): Promise<{ transaction: string; number: number }> {
  const { rows } = await pool.query<{ transaction: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as transaction');
  return { transaction: rows[0]?.transaction ?? '0', number: 0 };
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  stop.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
