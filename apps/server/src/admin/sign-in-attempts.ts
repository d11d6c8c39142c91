import { createHash } from 'node:crypto';
import type { Pool } from 'pg';

/** `max` in `window` seconds. */
export interface AttemptRule {
  readonly window: number;
  readonly max: number;
}

export interface AttemptDecision {
  readonly allowed: boolean;
  /** Whole seconds until the window ends; `null` while allowed. */
  readonly retryAfter: number | null;
}

/** Counts calls in the database, so that a limit is one limit however many processes serve sign-in, and survives a restart. */
export interface AttemptCounter {
  consume(key: string, rule: AttemptRule): Promise<AttemptDecision>;
  /** Whether the key's window is open. */
  isOpen(key: string): Promise<boolean>;
  forget(key: string): Promise<void>;
}

/** One statement: two attempts at the same moment are counted one after the other. The window opens with the first attempt. */
const CONSUME = `
  insert into auth.attempt as a (key, count, window_ends_at)
  values ($1, 1, $2::timestamptz + make_interval(secs => $3))
  on conflict (key) do update set
    count = case when a.window_ends_at <= $2::timestamptz then 1 else a.count + 1 end,
    window_ends_at = case when a.window_ends_at <= $2::timestamptz then excluded.window_ends_at else a.window_ends_at end
  returning count, extract(epoch from window_ends_at - $2::timestamptz)::float8 as seconds_left`;

/** @param now epoch milliseconds. */
export function createAttemptCounter(pool: Pool, now: () => number): AttemptCounter {
  return {
    async consume(key, rule) {
      const { rows } = await pool.query<{ count: number; seconds_left: number }>(CONSUME, [digest(key), new Date(now()), rule.window]);
      const [row] = rows;
      if (row === undefined || row.count <= rule.max) return { allowed: true, retryAfter: null };
      return { allowed: false, retryAfter: Math.max(1, Math.ceil(row.seconds_left)) };
    },
    async isOpen(key) {
      const { rowCount } = await pool.query('select from auth.attempt where key = $1 and window_ends_at > $2', [
        digest(key),
        new Date(now()),
      ]);
      return rowCount === 1;
    },
    async forget(key) {
      await pool.query('delete from auth.attempt where key = $1', [digest(key)]);
    },
  };
}

/** Keys hold e-mail addresses that anybody may send, of any length: the table gets neither. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
