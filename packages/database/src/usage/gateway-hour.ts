import type { UsageLoss } from '@latchkey/core';
import type { SqlExecutor } from '../sql-executor.ts';
import { bigintArray, instantArray } from './binary-array.ts';
import { isoInstant } from './usage-row.ts';

/** What became of the usage records of one gateway in one hour. */
export interface GatewayHourCounts {
  /** In the log and in all sums. */
  stored: number;
  /** Of tokens that were deleted before they could be stored. */
  unwanted: number;
  /** Written, and not to be read any more. */
  missing: number;
  /** Of requests that were answered although their records could not be kept, by policy. */
  dropped: number;
}

/** What became of those of one gateway. */
export interface GatewaySum extends GatewayHourCounts {
  gateway: string;
}

/** What became of those of one gateway in one hour. */
export interface GatewayHourRow extends GatewaySum {
  /** ISO-8601 UTC, the hour's beginning. */
  hour: string;
}

/** Its parts are of one moment: `total` is the sum of all gateways. */
export interface GatewayAccounts {
  total: GatewayHourCounts;
  gateways: GatewaySum[];
  hours: GatewayHourRow[];
}

const HOUR_MS = 3_600_000;

/** Counts of a batch by hour, in epoch milliseconds. */
export type GatewayHours = ReadonlyMap<number, GatewayHourCounts>;

export interface GatewayHourCounter {
  note(at: number, what: keyof GatewayHourCounts, count?: number): void;
  noteLoss(loss: UsageLoss): void;
  readonly hours: GatewayHours;
}

export function createGatewayHourCounter(): GatewayHourCounter {
  const hours = new Map<number, GatewayHourCounts>();

  function note(at: number, what: keyof GatewayHourCounts, count = 1): void {
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    const counts = hours.get(hour) ?? { stored: 0, unwanted: 0, missing: 0, dropped: 0 };
    counts[what] += count;
    hours.set(hour, counts);
  }

  return { note, noteLoss: ({ at, cause, count }) => note(at, cause, count), hours };
}

/** Adds what a batch says to the hours of its gateway. */
export async function writeGatewayHours(executor: SqlExecutor, gateway: string, hours: GatewayHours): Promise<void> {
  if (hours.size === 0) return;
  // In one order, should two processes go by one name.
  const rows = [...hours].toSorted(([a], [b]) => a - b);
  const counts = (what: keyof GatewayHourCounts) => bigintArray(rows.map(([, each]) => each[what]));
  await executor.query(
    `insert into usage_gateway_hour as h (gateway, hour, stored, unwanted, missing, dropped)
     select $1, each.* from unnest($2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as each
     on conflict (hour, gateway) do update set stored = h.stored + excluded.stored, unwanted = h.unwanted + excluded.unwanted,
       missing = h.missing + excluded.missing, dropped = h.dropped + excluded.dropped`,
    [gateway, instantArray(rows.map(([hour]) => hour)), counts('stored'), counts('unwanted'), counts('missing'), counts('dropped')],
  );
}

/**
 * What became of records from an instant on (epoch milliseconds): over everything, by gateway (most records first) and by hour (newest
 * first). At most `limit` rows of the latter two; the total leaves none out.
 */
export async function readGatewayAccounts(executor: SqlExecutor, from: number, limit: number): Promise<GatewayAccounts> {
  const since = new Date(from);
  const [total = NOTHING] = await executor.query<GatewayHourCounts>(`select ${SUMS} from usage_gateway_hour where hour >= $1`, [since]);
  const gateways = await executor.query<GatewaySum>(
    `select gateway, ${SUMS} from usage_gateway_hour where hour >= $1
     group by gateway order by sum(stored + unwanted + missing + dropped) desc, gateway limit $2`,
    [since, limit],
  );
  const hours = await executor.query<GatewaySum & { hour_ms: number }>(
    `select gateway, (extract(epoch from hour) * 1000)::float8 as hour_ms, ${SUMS}
     from usage_gateway_hour where hour >= $1 group by hour, gateway order by hour desc, gateway limit $2`,
    [since, limit],
  );
  return { total, gateways, hours: hours.map(({ hour_ms, ...row }) => ({ ...row, hour: isoInstant(hour_ms) })) };
}

const NOTHING: GatewayHourCounts = { stored: 0, unwanted: 0, missing: 0, dropped: 0 };
const SUMS = Object.keys(NOTHING)
  .map((what) => `coalesce(sum(${what}), 0)::float8 as ${what}`)
  .join(', ');
