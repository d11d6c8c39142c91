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
  const remembered = new Map<string, Set<string>>();

  /** Says of each cell under which endpoint it is summed. In the order in which the cells came up. */
  async function apply(executor: SqlExecutor, cells: readonly UsageSums[]): Promise<void> {
    await remember(executor, cells);
    for (const { keys } of cells) {
      keys.tokenEndpoint = admit(keys.tokenId, caps.perToken, keys);
      keys.acrossEndpoint = admit(ACROSS, caps.across, keys);
    }
  }

  function admit(tokenId: number, cap: number, { day, method, endpoint }: UsageKeys): string {
    const endpoints = remembered.get(dayName(tokenId, day)) ?? new Set();
    const name = `${method} ${endpoint}`;
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
    for (const name of missing.keys()) remembered.set(name, new Set());
    for (const row of rows) remembered.get(dayName(row.token_id, row.day_ms))?.add(row.name);
  }

  function missingDays(cells: readonly UsageSums[]): Map<string, { tokenId: number; day: number }> {
    const missing = new Map<string, { tokenId: number; day: number }>();
    for (const { keys } of cells) {
      for (const id of [keys.tokenId, ACROSS]) {
        const name = dayName(id, keys.day);
        if (!remembered.has(name)) missing.set(name, { tokenId: id, day: keys.day });
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

function dayName(tokenId: number, day: number): string {
  return `${tokenId} ${day}`;
}

const KNOWN_ENDPOINTS = `
  with wanted as (select * from unnest($1::integer[], $2::date[]) as w (token_id, day))
  select token_id, (extract(epoch from day) * 1000)::float8 as day_ms, method || ' ' || endpoint as name
  from usage_token_day_endpoint join wanted using (token_id, day)
  union all
  select ${ACROSS}, (extract(epoch from day) * 1000)::float8, method || ' ' || endpoint
  from usage_day_endpoint join (select day from wanted where token_id = ${ACROSS}) as days using (day)`;
