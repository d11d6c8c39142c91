/**
 * Replays the log of the busiest token against a limit, and looks a request up by its id alone, on a database that `generate-usage.ts` filled.
 *
 *   node --expose-gc packages/database/bench/what-if.ts --url postgresql://…
 */
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { openDatabase } from '../src/index.ts';

const DAY_MS = 86_400_000;

const { values: given } = parseArgs({ options: { url: { type: 'string' } } });
if (!given.url) throw new Error('Name the database: --url postgresql://user:password@host:port/database');
const database = await openDatabase({ url: given.url });
const pool = new Pool({ connectionString: given.url, max: 1 });
const [busiest] = (await pool.query<{ id: number }>('select token_id as id from usage_token_total order by requests desc limit 1')).rows;
const [sample] = (await pool.query<{ id: string }>('select request_id as id from api_token_usage order by at limit 1')).rows;
const to = Date.now() + DAY_MS;
const rateLimit = { max: 100, windowMs: 60_000, algorithm: 'fixed' } as const;
const proposals = {
  limit: { rateLimit, allowedEndpoints: null },
  'limit and list': { rateLimit, allowedEndpoints: ['GET /products*', '/stores/*'] },
};

for (const [name, proposal] of Object.entries(proposals)) {
  globalThis.gc?.();
  let peakHeap = 0;
  const watch = setInterval(() => {
    peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  }, 20);
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  const result = await database.usage.readWhatIf({ tokenId: busiest?.id ?? 0, from: to - 60 * DAY_MS, to, proposal });
  clearInterval(watch);
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const mebibytes = ((peakHeap - before) / 2 ** 20).toFixed(0);
  console.log(`${name}: ${result.requests} requests in ${seconds} s, ${result.refused.total} refused, at most ${mebibytes} MiB more heap`);
}
for (let round = 0; round < 3; round++) {
  const start = performance.now();
  const found = await database.usage.findRequest({ requestId: sample?.id ?? '' });
  console.log(`request id alone: ${found === null ? 'not found' : 'found'} in ${(performance.now() - start).toFixed(1)} ms`);
}
const [sizes] = (
  await pool.query<{ log: string; index: string }>(
    `select pg_size_pretty(sum(pg_table_size(c.oid))) as log,
       pg_size_pretty(sum((select sum(pg_relation_size(i.indexrelid)) from pg_index i join pg_class x on x.oid = i.indexrelid
         where i.indrelid = c.oid and x.relname like '%request_id%'))) as index
     from pg_inherits h join pg_class c on c.oid = h.inhrelid where h.inhparent = 'api_token_usage'::regclass`,
  )
).rows;
console.log(`log ${sizes?.log}, index of request ids ${sizes?.index}`);
await pool.end();
await database.close();
