/**
 * What a request notices of a backlog that is being shipped: the times of answers at a fixed rate, in turn without and with a drain.
 *
 *   node apps/bench/src/drain.ts [--rate 2000] [--seconds 10] [--rounds 5] [--backlog 1500000] [--tokens 1000] [--apart]
 *
 * The server has the guard in process and ships in a thread of its own, as Latchkey does. PostgreSQL, the server and the load generator run
 * where the system puts them. With `--apart` the thread that answers and the load generator have one processor, and everything that ships has
 * another, as on a machine where there are enough: what is left is what a drain does to requests by anything but their processor. How far up
 * the answers can be told on a machine: `machine-gaps.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { DrainRequest } from './ingest/drain-server.ts';
import { fillSpool } from './ingest/fill-spool.ts';
import { openUsageDatabase } from './ingest/open-usage-database.ts';
import { usageRecords } from './ingest/usage-workload.ts';
import { buildRequests } from './load/build-requests.ts';
import type { LoadPlan, LoadReport } from './load/load-plan.ts';
import { chooseCores, moveThreads } from './process/cores.ts';
import { startWorkerProcess } from './process/worker-process.ts';
import { ANSWER } from './subject/answer.ts';
import { createDatabase } from './subject/create-database.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    backlog: { type: 'string', default: '1500000' },
    tokens: { type: 'string', default: '1000' },
    apart: { type: 'boolean', default: false },
  },
});
const [rate, seconds, rounds, backlog, tokens] = [values.rate, values.seconds, values.rounds, values.backlog, values.tokens].map(
  Number,
) as [number, number, number, number, number];

await using closing = new AsyncDisposableStack();
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-drain-'));
closing.defer(() => rm(directory, { recursive: true, force: true }));
const cores = values.apart ? chooseCores() : null;
if (cores?.server === null) throw new Error(`--apart can not be: ${cores.description}.`);
const [front, back] = [cores?.server ?? null, cores?.others ?? null];
const start = (script: string, core: number | null, parameters: string[] = []) =>
  closing.adopt(startWorkerProcess(new URL(script, import.meta.url).pathname, core, parameters), (each) => each.stop());
const postgres = start('./helper/postgres.ts', back, [path.join(directory, 'postgres')]);
const { url } = await postgres.ask<{ url: string }>({});
const postgresUrl = await createDatabase(url, 'drain');
const database = await openUsageDatabase(postgresUrl, tokens);
closing.defer(() => database.close());
const server = start('./ingest/drain-server.ts', front);
const context = { directory: path.join(directory, 'server'), tokenCount: tokens, limit: 1_000_000_000, upstreamPort: null, postgresUrl };
const subject = await server.ask<{ port: number; path: string; credentials: string[] }>(context satisfies DrainRequest);
// V8's helpers collect the garbage of both threads: most of it is that of the one that ships.
if (back !== null) moveThreads(server.pid, back, (name) => name === 'shipper' || name.includes('V8Worker'));
const load = start('./load/main.ts', front);
const plan: LoadPlan = {
  port: subject.port,
  requests: buildRequests(subject.path, subject.port, subject.credentials),
  connections: 64,
  durationMs: seconds * 1000,
  ratePerSecond: rate,
  sharesProcessor: true,
  expected: { status: 200, body: Buffer.from(ANSWER) },
};

await run('warm-up');
type Latency = NonNullable<LoadReport['latency']>;
const samples: { quiet: Latency; draining: Latency }[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const spool = path.join(directory, `backlog-${round}`);
  await fillSpool(spool, usageRecords({ workload: 'skewed', tokens, endpoints: 60, perSecond: 5_000, until: Date.now() }, backlog));
  const quiet = await run(`round ${round}, quiet   `);
  await server.ask({ drain: spool } satisfies DrainRequest);
  const draining = await run(`round ${round}, draining`);
  const before = await database.count();
  const { elapsedMs } = await server.ask<{ elapsedMs: number }>({ waitForDrain: true } satisfies DrainRequest);
  const isThroughout = elapsedMs > seconds * 1000;
  console.log(
    `  ${before.rows.toLocaleString('en')} rows so far; the drain took ${(elapsedMs / 1000).toFixed(1)} s${isThroughout ? '' : ': too short, give it a larger --backlog'}`,
  );
  samples.push({ quiet, draining });
}
const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
for (const share of ['p50', 'p95', 'p99'] as const) {
  const [quiet, draining] = [median(samples.map((each) => each.quiet[share])), median(samples.map((each) => each.draining[share]))];
  const figures = `quiet ${Math.round(quiet)} µs, draining ${Math.round(draining)} µs, ratio ${(draining / quiet).toFixed(2)}`;
  console.log(`${share} at ${rate} requests/s, medians of ${rounds} rounds: ${figures}`);
}

async function run(name: string): Promise<Latency> {
  const report = await load.ask<LoadReport>(plan);
  if (report.wrong > 0 || report.latency === null) throw new Error(`${report.wrong} answers were wrong: ${report.problems.join('; ')}`);
  const shares = Object.entries(report.latency).map(([share, µs]) => `${share} ${Math.round(µs)} µs`);
  console.log(`${name}: ${shares.join(', ')}, ${Math.round((report.answered / report.elapsedMs) * 1000)} requests/s`);
  return report.latency;
}
