import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executorOf, type SqlExecutor } from '../sql-executor.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { listTokens } from './list-tokens.ts';
import type { TokenQuery } from './token-store.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 30);
/** Few enough that a condition the planner knows nothing about makes it expect a single one, and go through all sums for each that comes. */
const TOKENS = 250;

/** The part of `explain (analyze, format json)` that counts rows. */
interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: PlanNode[];
}

let database: TestDatabase;
let pool: Pool;
let stored: number;

/** Every token with requests in each of the last 36 hours and 10 days, and statistics of that, as autovacuum would have made them. */
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 2 });
  const columns = 'requests, ok, client_errors, rate_limited, server_errors, sum_us, request_bytes, response_bytes';
  const at = new Date(NOW);
  const inserts = [
    `insert into api_tokens (name, prefix, start, last4)
     select 'token ' || n, 'lk_test_', 'lk_tes', 'abcd' from generate_series(1, ${TOKENS}) n`,
    `insert into usage_token_hour (token_id, hour, ${columns})
     select id, date_trunc('hour', $1::timestamptz) - n * interval '1 hour', 1, 1, 0, 0, 0, 1, 0, 0 from api_tokens, generate_series(0, 35) n`,
    `insert into usage_token_day (token_id, day, ${columns})
     select id, $1::timestamptz::date - n, 1, 1, 0, 0, 0, 1, 0, 0 from api_tokens, generate_series(0, 9) n`,
    'insert into usage_token_total (token_id, requests, failed) select id, 46, 0 from api_tokens',
  ];
  stored = 0;
  for (const insert of inserts) stored += (await pool.query(insert, insert.includes('$1') ? [at] : [])).rowCount ?? 0;
  await pool.query('analyze');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Runs every statement, and once more to see how many rows its steps produced or threw away. */
function countingExecutor(handled: number[]): SqlExecutor {
  const executor = executorOf(pool);
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
      const explained = await executor.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`explain (analyze, format json) ${text}`, values);
      for (const { Plan } of explained[0]?.['QUERY PLAN'] ?? []) handled.push(...rowsOf(Plan));
      return executor.query<Row>(text, values);
    },
  };
}

function rowsOf(node: PlanNode): number[] {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
  return [(node['Actual Rows'] + removed) * node['Actual Loops'], ...(node.Plans ?? []).flatMap(rowsOf)];
}

test.each<Pick<TokenQuery, 'sort' | 'status' | 'q'>>([
  { sort: 'requests_24h' },
  { sort: 'requests_24h', status: ['active'] },
  { sort: 'requests_7d' },
  { sort: 'total_requests' },
  { sort: 'requests_7d', status: ['active', 'disabled', 'expired', 'revoked'] },
  { sort: 'requests_7d', status: ['active'] },
  { sort: 'requests_24h', status: ['active', 'expired'], q: 'token' },
  { sort: 'total_requests', status: ['active'], q: 'token' },
  { sort: 'created_at', status: ['active'] },
])('no step of a page by %o handles more rows than there are', async (query) => {
  const handled: number[] = [];
  const page = await listTokens(countingExecutor(handled), { ...query, order: 'desc', limit: 50, offset: 0 }, NOW);
  expect(page.tokens).toHaveLength(50);
  expect(page.tokens[0]).toMatchObject({ requests24h: 24, totalRequests: 46 });
  expect(Math.max(...handled)).toBeGreaterThanOrEqual(TOKENS);
  expect(Math.max(...handled)).toBeLessThanOrEqual(stored);
});
