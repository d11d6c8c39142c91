/**
 * Fills a spool, ships it with the thread that does so in the server, and says how many rows a second went into the log and all rollups,
 * PostgreSQL included; making the records is not part of the time.
 *
 *   node apps/bench/src/ingest.ts [--rows 500000] [--workload skewed|scattered|both] [--tokens 1000] [--endpoints 60] [--per-second 2000] [--runs 3]
 *
 * PostgreSQL is the bundled one with the settings it has in the server, in a directory of its own. At the end of each run log and sums are counted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createShipper } from '@latchkey/server/shipper';
import { drainDirectory } from './ingest/drain-directory.ts';
import { fillSpool } from './ingest/fill-spool.ts';
import { openUsageDatabase } from './ingest/open-usage-database.ts';
import { usageRecords, WORKLOADS, type Workload } from './ingest/usage-workload.ts';
import { readCpuMs } from './process/cpu-time.ts';
import { startWorkerProcess } from './process/worker-process.ts';
import { createDatabase } from './subject/create-database.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    workload: { type: 'string', default: 'both' },
    tokens: { type: 'string', default: '1000' },
    endpoints: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '2000' },
    runs: { type: 'string', default: '3' },
  },
});
const [rows, tokens, endpoints, perSecond, runs] = [values.rows, values.tokens, values.endpoints, values['per-second'], values.runs].map(
  Number,
) as [number, number, number, number, number];
const workloads = WORKLOADS.filter((each) => values.workload === 'both' || each === values.workload);
if (workloads.length === 0) throw new Error(`There is no workload ${values.workload}.`);
/** Before the clock starts: what a running server has behind it, too. */
const WARM_UP_ROWS = 60_000;

await using closing = new AsyncDisposableStack();
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-ingest-'));
closing.defer(() => rm(directory, { recursive: true, force: true }));
const postgresScript = new URL('./helper/postgres.ts', import.meta.url).pathname;
const postgres = closing.adopt(startWorkerProcess(postgresScript, null, [path.join(directory, 'postgres')]), (each) => each.stop());
const { url } = await postgres.ask<{ url: string }>({});

for (const workload of workloads) {
  for (let run = 1; run <= runs; run += 1) await measure(workload, run);
}

async function measure(workload: Workload, run: number): Promise<void> {
  const databaseUrl = await createDatabase(url, `ingest_${workload}_${run}`);
  const database = await openUsageDatabase(databaseUrl, tokens);
  const options = { workload, tokens, endpoints, perSecond, until: Date.now() };
  const [warmUp, backlog] = ['warm-up', 'backlog'].map((name) => path.join(directory, `${workload}-${run}-${name}`)) as [string, string];
  await fillSpool(warmUp, usageRecords({ ...options, until: options.until - (rows * 1000) / perSecond }, WARM_UP_ROWS));
  await fillSpool(backlog, usageRecords(options, rows));
  await database.client.query('checkpoint');
  const shipper = createShipper({
    databaseUrl,
    gateway: 'bench',
    isEmbedded: true,
    leftovers: [],
    logger: console,
    onProblem: console.error,
  });
  await drainDirectory(shipper, warmUp);
  const before = { node: process.cpuUsage(), postgres: readCpuMs([postgres.pid]) };
  const elapsedMs = await drainDirectory(shipper, backlog);
  const node = process.cpuUsage(before.node);
  const postgresMs = (readCpuMs([postgres.pid]) ?? 0) - (before.postgres ?? 0);
  await shipper.close();
  const stored = await database.count();
  await database.close();
  const wanted = rows + WARM_UP_ROWS;
  if (stored.rows !== wanted || stored.requests !== wanted) throw new Error(`Stored ${JSON.stringify(stored)} of ${wanted}.`);
  const perRow = (ms: number) => ((ms * 1000) / rows).toFixed(1);
  console.log(
    `${workload.padEnd(9)} run ${run}: ${Math.round((rows / elapsedMs) * 1000).toLocaleString('en')} rows/s · processor time a row: ` +
      `server ${perRow((node.user + node.system) / 1000)} µs, PostgreSQL ${perRow(postgresMs)} µs`,
  );
}
