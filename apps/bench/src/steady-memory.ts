/**
 * Memory of the real server, which ships into PostgreSQL meanwhile, under a steady load.
 *
 *   node apps/bench/src/steady-memory.ts [minutes=30] [requests per second=5000]
 *
 * Every five seconds: resident memory of the process with all its threads, and the heaps of the main thread and of the one that ships. Ends
 * with a verdict over the second half: flat, where the line through its samples rises by less than 5 %.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { growthOf } from './ingest/growth-of.ts';
import { buildRequests } from './load/build-requests.ts';
import type { LoadPlan, LoadReport } from './load/load-plan.ts';
import { startWorkerProcess } from './process/worker-process.ts';
import { ANSWER } from './subject/answer.ts';
import { startLatchkeyGateway } from './subject/gateway/latchkey-gateway.ts';

interface Sample {
  readonly rss: number;
  readonly mainHeap: number;
  readonly shipperHeap: number;
}

const [minutes = '30', perSecond = '5000'] = process.argv.slice(2);
const SAMPLE_MS = 5_000;
const MOST_GROWTH = 0.05;
/** Through fewer a line says nothing. */
const FEWEST_SAMPLES = 10;
const TOKENS = 200;

await using closing = new AsyncDisposableStack();
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-memory-'));
closing.defer(() => rm(directory, { recursive: true, force: true }));
const start = (script: string, parameters: string[] = []) =>
  closing.adopt(startWorkerProcess(new URL(script, import.meta.url).pathname, null, parameters), (each) => each.stop());
const { url: postgresUrl } = await start('./helper/postgres.ts', [path.join(directory, 'postgres')]).ask<{ url: string }>({});
const { port: upstreamPort } = await start('./helper/upstream.ts').ask<{ port: number }>({});
const server = await startLatchkeyGateway({ directory, tokenCount: TOKENS, limit: 1_000_000_000, upstreamPort, postgresUrl });
if ('unavailable' in server) throw new Error(server.unavailable);
closing.defer(() => server.close());
const [pid] = server.pids ?? [process.pid];

const plan: LoadPlan = {
  port: server.port,
  requests: buildRequests(server.path, server.port, server.credentials),
  connections: 64,
  durationMs: Number(minutes) * 60_000,
  ratePerSecond: Number(perSecond),
  expected: { status: 200, body: Buffer.from(ANSWER) },
};
const samples: Sample[] = [];
const load = start('./load/main.ts').ask<LoadReport>(plan);
let isOver = false;
const report = load.finally(() => {
  isOver = true;
});
while (!isOver) {
  await Promise.race([delay(SAMPLE_MS), report]);
  if (!isOver) note(await takeSample());
}
judge(await report);

function note(sample: Sample): void {
  samples.push(sample);
  const [rss, main, shipper] = [sample.rss, sample.mainHeap, sample.shipperHeap].map(mebibytes);
  console.log(`${String((samples.length * SAMPLE_MS) / 1000).padStart(6)} s  resident ${rss}  heap: main ${main}, shipping ${shipper} MiB`);
}

async function takeSample(): Promise<Sample> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const metrics = await (await fetch(`http://127.0.0.1:${plan.port}/metrics`)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  return {
    rss: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024,
    mainHeap: figure('nodejs_heap_size_used_bytes'),
    shipperHeap: figure('latchkey_shipper_heap_bytes'),
  };
}

function judge({ answered, wrong, elapsedMs, problems }: LoadReport): void {
  console.log(
    `${answered} answered, ${wrong} wrong${wrong > 0 ? ` (${problems.join('; ')})` : ''}, ${Math.round((answered / elapsedMs) * 1000)} requests/s`,
  );
  const half = samples.slice(Math.floor(samples.length / 2));
  const names = { resident: 'rss', 'heap of the main thread': 'mainHeap', 'heap of the shipping thread': 'shipperHeap' } as const;
  for (const [name, member] of Object.entries(names)) {
    const growth = growthOf(half.map((sample) => sample[member]));
    console.log(`${name}: ${(growth * 100).toFixed(1)} % over the second half`);
  }
  const isFlat = growthOf(half.map(({ rss }) => rss)) < MOST_GROWTH && wrong === 0 && half.length >= FEWEST_SAMPLES;
  console.log(isFlat ? 'FLAT' : half.length < FEWEST_SAMPLES ? 'TOO SHORT to tell' : 'NOT FLAT');
  process.exitCode = isFlat ? 0 : 1;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0).padStart(4);
}
