import type { SqlExecutor } from '../sql-executor.ts';
import { dateArray, integerArray } from './binary-array.ts';
import type { UsageKeys, UsageSums } from './usage-cell.ts';

/** Under what endpoints beyond the cap are summed. */
export const OTHER_ENDPOINT = '(other)';

export interface EndpointCaps {
  /** Distinct endpoints (with method) of one token in one day. */
  perToken: number;
  /** Distinct endpoints (with method) of all tokens in one day. */
  across: number;
}

interface KnownEndpoint {
  token_id: number;
  day_ms: number;
  name: string;
}

const DAY_MS = 86_400_000;
// All tokens together, as a token that can not exist.
const ACROSS = 0;
// Days of tokens; beyond it all are forgotten and looked up again.
const MOST_REMEMBERED = 10_000;

/**
 * Keeps ids that no template caught from filling the breakdown: after so many endpoints a day the rest are summed as `(other)`. Each
 * process counts what the database held when it first saw the day and what it added itself; with several processes the cap is
 * therefore approximate. The log keeps the endpoint as it was.
 */
export function createEndpointCap(caps: EndpointCaps) {
  /** By `tokenDay`. */
  const remembered = new Map<number, Set<string>>();

  /** Says of each cell under which endpoint it is summed. In the order in which the cells came up. */
  async function apply(executor: SqlExecutor, cells: readonly UsageSums[]): Promise<void> {
    await remember(executor, cells);
    for (const { keys } of cells) {
      const name = `${keys.method} ${keys.endpoint}`;
      keys.tokenEndpoint = admit(keys.tokenId, caps.perToken, keys, name);
      keys.acrossEndpoint = admit(ACROSS, caps.across, keys, name);
    }
  }

  function admit(tokenId: number, cap: number, { day, endpoint }: UsageKeys, name: string): string {
    const endpoints = remembered.get(tokenDay(tokenId, day)) ?? new Set();
    if (endpoints.has(name)) return endpoint;
    if (endpoints.size >= cap) return OTHER_ENDPOINT;
    endpoints.add(name);
    return endpoint;
  }

  async function remember(executor: SqlExecutor, cells: readonly UsageSums[]): Promise<void> {
    if (remembered.size > MOST_REMEMBERED) remembered.clear();
    const missing = missingDays(cells);
    if (missing.size === 0) return;
    const days = [...missing.values()];
    const rows = await executor.query<KnownEndpoint>(KNOWN_ENDPOINTS, [
      integerArray(days.map(({ tokenId }) => tokenId)),
      dateArray(days.map(({ day }) => day)),
    ]);
    for (const each of missing.keys()) remembered.set(each, new Set());
    for (const row of rows) remembered.get(tokenDay(row.token_id, row.day_ms))?.add(row.name);
  }

  function missingDays(cells: readonly UsageSums[]): Map<number, { tokenId: number; day: number }> {
    const missing = new Map<number, { tokenId: number; day: number }>();
    for (const { keys } of cells) {
      for (const id of [keys.tokenId, ACROSS]) {
        const each = tokenDay(id, keys.day);
        if (!remembered.has(each)) missing.set(each, { tokenId: id, day: keys.day });
      }
    }
    return missing;
  }

  return {
    apply,
    /** After a batch that was not stored: what it added is not in the database. */
    forget: () => remembered.clear(),
  };
}

/** One number for both: ids have 31 bits, and days since 1970 fit in the 22 that are left of a safe integer. */
function tokenDay(tokenId: number, day: number): number {
  return (day / DAY_MS) * 2 ** 31 + tokenId;
}

const KNOWN_ENDPOINTS = `
  with wanted as (select * from unnest($1::integer[], $2::date[]) as w (token_id, day))
  select token_id, (extract(epoch from day) * 1000)::float8 as day_ms, method || ' ' || endpoint as name
  from usage_token_day_endpoint join wanted using (token_id, day)
  union all
  select ${ACROSS}, (extract(epoch from day) * 1000)::float8, method || ' ' || endpoint
  from usage_day_endpoint join (select day from wanted where token_id = ${ACROSS}) as days using (day)`;
