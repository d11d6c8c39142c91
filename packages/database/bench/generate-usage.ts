/**
 * Fills a migrated database with usage through the ingest of the gateways: the same batches, COPY, rollups and totals.
 *
 *   node packages/database/bench/generate-usage.ts --url postgresql://… [--rows 10000000] [--days 30] [--tokens 1000] [--endpoints 60]
 *
 * Tokens named `bench …` are made where they are missing. Run it again to double the log. Prints the rows stored per second.
 */
import { parseArgs } from 'node:util';
import type { SpoolPosition, UsageRecord } from '@latchkey/core';
import { Pool } from 'pg';
import { openDatabase } from '../src/index.ts';

const DAY_MS = 86_400_000;
const BATCH = 5_000;

const { values: given } = parseArgs({
  options: {
    url: { type: 'string' },
    rows: { type: 'string', default: '10000000' },
    days: { type: 'string', default: '30' },
    tokens: { type: 'string', default: '1000' },
    endpoints: { type: 'string', default: '60' },
  },
});
if (!given.url) throw new Error('Name the database: --url postgresql://user:password@host:port/database');
const [rows, days, tokens, endpoints] = [given.rows, given.days, given.tokens, given.endpoints].map(Number) as [
  number,
  number,
  number,
  number,
];

const database = await openDatabase({ url: given.url, logRetentionDays: days + 1 });
const pool = new Pool({ connectionString: given.url, max: 2 });
await database.migrate();
const tokenIds = await ensureTokens();
await ensurePartitions();
await ingestAll();
await pool.query('vacuum analyze');
await pool.end();
await database.close();

async function ensureTokens(): Promise<number[]> {
  await pool.query(
    `insert into api_tokens (name, prefix, start, last4, created_at)
     select 'bench ' || n, 'lk_test_', 'lk_tes', 'benc', now() - interval '60 days'
     from generate_series(1, $1::integer) as n where not exists (select from api_tokens where name = 'bench ' || n)`,
    [tokens],
  );
  const found = await pool.query<{ id: number }>(`select id from api_tokens where name like 'bench %' order by id limit $1`, [tokens]);
  return found.rows.map((row) => row.id);
}

/** The job makes partitions from today on; those of the past come with the rows that wait for them. */
async function ensurePartitions(): Promise<void> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let ago = days; ago > 0; ago -= 1) {
    const [from, to] = [new Date(today - ago * DAY_MS), new Date(today - (ago - 1) * DAY_MS)].map((day) => day.toISOString());
    const name = `api_token_usage_p${from?.slice(0, 10).replaceAll('-', '')}`;
    await pool.query(`create table if not exists ${name} partition of api_token_usage for values from ('${from}') to ('${to}')`);
  }
  await database.partitionJob.run();
}

async function ingestAll(): Promise<void> {
  const spoolId = `bench-${Date.now()}`;
  const end = Date.now();
  const step = (days * DAY_MS) / rows;
  const began = performance.now();
  let from: SpoolPosition | null = null;
  for (let done = 0; done < rows; done += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, rows - done) }, (_, n) => recordAt(end - (rows - done - n) * step));
    const to: SpoolPosition = { segment: 0, offset: done + records.length };
    await database.usageStore.ingest(spoolId, records, from, to);
    from = to;
    if (to.offset % 500_000 === 0 || to.offset === rows) report(to.offset, began);
  }
}

/** A few tokens have most of the traffic, a few endpoints most of the calls; every token has some. */
function recordAt(at: number): UsageRecord {
  const token = Math.floor(tokenIds.length * Math.random() ** 1.8);
  const endpoint = Math.floor(endpoints * Math.random() ** 1.5);
  const status = statusOf(Math.random());
  return {
    kind: 'request',
    tokenId: tokenIds[token] ?? 0,
    at: Math.floor(at),
    method: endpoint % 4 === 3 ? 'POST' : 'GET',
    endpoint: `/resource-${endpoint}/:id`,
    path: `/resource-${endpoint}/${Math.floor(Math.random() * 100_000)}`,
    status,
    durationUs: status === 429 ? 150 : Math.round(4_000 * Math.exp(Math.random() * 3 + Math.random() ** 8 * 3)),
    requestBytes: endpoint % 4 === 3 ? 640 : 0,
    responseBytes: 200 + Math.floor(Math.random() * 9_000),
    ip: `203.0.113.${token % 250}`,
    userAgent: 'bench/1.0 (generate-usage)',
    outcome: status === 429 ? 'RATE_LIMITED' : 'VALID',
    requestId: `bench-${Math.floor(Math.random() * 2 ** 48).toString(36)}`,
    secretId: null,
    cost: 1,
    trial: null,
  };
}

function statusOf(chance: number): number {
  if (chance < 0.93) return 200;
  if (chance < 0.96) return 404;
  return chance < 0.985 ? 429 : 502;
}

function report(done: number, began: number): void {
  const perSecond = Math.round((done / (performance.now() - began)) * 1000);
  console.log(`${done.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')} rows/s`);
}
