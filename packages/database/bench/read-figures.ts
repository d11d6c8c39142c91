/**
 * Times what the console reads most, at the database: the fastest, p50, p95 and the slowest of so many repetitions, in milliseconds. The
 * fastest is what it costs where nothing else wants the processor.
 *
 *   node packages/database/bench/read-figures.ts --url postgresql://… [--repeat 50]
 *
 * Run it over what generate-usage.ts made, once more after doubling the log, and compare.
 */
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { openDatabase } from '../src/index.ts';

const DAY_MS = 86_400_000;

const { values: given } = parseArgs({ options: { url: { type: 'string' }, repeat: { type: 'string', default: '50' } } });
if (!given.url) throw new Error('Name the database: --url postgresql://user:password@host:port/database');
const repeat = Number(given.repeat);

const database = await openDatabase({ url: given.url });
const pool = new Pool({ connectionString: given.url, max: 1 });
const { rows: tokens } = await pool.query<{ id: number }>(`select id from api_tokens where name like 'bench %' order by id`);
const { rows: sizes } = await pool.query<{ log_rows: number; log: string; rollups: string }>(sizesSql());
console.log(sizes[0]);

const { tokens: store, usage } = database;
const week = () => ({ from: Date.now() - 7 * DAY_MS, to: Date.now() });
const month = () => ({ from: Date.now() - 30 * DAY_MS, to: Date.now() });
const page = { limit: 50, offset: 0, order: 'desc' } as const;
// Every repetition another token, the busiest first: what one query leaves in memory does not flatter the next.
const tokenAt = (turn: number) => tokens[Math.floor((turn * tokens.length) / repeat)]?.id ?? 0;

await measure('token list, page of 50 by creation', () => store.list({ ...page, sort: 'created_at' }));
await measure('token list, page of 50 by requests in 7 days', () => store.list({ ...page, sort: 'requests_7d' }));
await measure('  the same, active ones only', () => store.list({ ...page, sort: 'requests_7d', status: ['active'] }));
await measure('token list, page of 50 by requests in 24 hours', () => store.list({ ...page, sort: 'requests_24h' }));
await measure('token list, page of 50 by all requests ever', () => store.list({ ...page, sort: 'total_requests' }));
await measure("a token's 7-day report", (turn) => usage.readTokenReport(tokenAt(turn), 7, Date.now()));
await measure("the busiest token's 7-day report", () => usage.readTokenReport(tokens[0]?.id ?? 0, 7, Date.now()));
await measure('7-day overview report', () => usage.readOverviewReport(7, Date.now()));
await measure('7-day series by hour, all tokens', () => usage.readSeries({ ...week(), bucket: 'hour', timeZone: 'Europe/Berlin' }));
await measure('30-day series by day, one token', (turn) =>
  usage.readSeries({ ...month(), tokenId: tokenAt(turn), bucket: 'day', timeZone: 'Europe/Berlin' }),
);
await measure('7-day summary with the week before', () => usage.readSummary(week()));
await measure('7-day endpoints, all tokens', () => usage.readEndpoints({ ...week(), limit: 10 }));
await measure('30-day top tokens', () => usage.readTopTokens({ ...month(), limit: 10 }));
await measure('7-day throttled tokens', () => usage.readThrottled({ ...week(), limit: 10 }));
await measure('newest 50 requests, all tokens', () => usage.readRequests({ ...month(), limit: 50 }));
await measure('newest 50 requests with 5xx, one token', (turn) =>
  usage.readRequests({ ...month(), tokenId: tokenAt(turn), status: ['5xx'], limit: 50 }),
);
await measure('what wants attention', () => usage.readAttention(Date.now()));

await pool.end();
await database.close();

async function measure(name: string, read: (turn: number) => Promise<unknown>): Promise<void> {
  for (let warmUp = 0; warmUp < 5; warmUp += 1) await read(warmUp);
  const times: number[] = [];
  for (let turn = 0; turn < repeat; turn += 1) {
    const began = performance.now();
    await read(turn);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1).padStart(7);
  console.log(`${name.padEnd(48)} min ${at(0)}  p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`);
}

function sizesSql(): string {
  const size = (tables: string) => `pg_size_pretty(sum(pg_total_relation_size(oid)) filter (where ${tables}))`;
  return `select (select sum(requests)::float8 from usage_token_total) as log_rows,
    ${size("relname like 'api_token_usage_%'")} as log, ${size("relname like 'usage_%'")} as rollups
    from pg_class where relkind = 'r'`;
}
