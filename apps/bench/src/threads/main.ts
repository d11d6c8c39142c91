// What two threads get done, beside one: the real server with LATCHKEY_THREADS=1 and =2 in turn, asked for what it answers itself (403, with
// authentication, decision, headers and a durable record), by a generator that needs a small part of a core. The database stands still meanwhile.
//   node apps/bench/src/threads/main.ts [rounds=5] [seconds=3] [threads=2]
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startLatchkeyProcess } from '@latchkey/server/testing';
import { signInAsAdmin } from '@latchkey/server/testing/admin-client';
import { pauseDatabase } from './pause-database.ts';
import { type PipelinedLoad, startPipelinedLoad } from './pipelined-load.ts';
import { readThreadCpu } from './thread-cpu.ts';

interface Sample {
  readonly requestsPerSecond: number;
  /** Microseconds of the serving threads for each request. */
  readonly servingUs: number;
  /** Cores that the serving threads had, of as many as they could use. */
  readonly servingCores: number;
  readonly generatorCores: number;
}

const [rounds = 5, seconds = 3, many = 2] = process.argv.slice(2).map(Number);
// So many that no thread runs out of requests while the generator waits for a processor.
const LOAD = { connections: 64, depth: 16, expected: 'HTTP/1.1 403 ' };
const samples = new Map<number, Sample[]>([
  [1, []],
  [many, []],
]);
console.log(
  `${availableParallelism()} cores, load before: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
for (let round = 1; round <= rounds; round += 1) {
  for (const [threads, taken] of samples) {
    const sample = await measure(threads);
    taken.push(sample);
    console.log(`round ${round}, ${threads} thread(s): ${describe(sample)}`);
  }
}
const [one, more] = [1, many].map((threads) => medians(samples.get(threads) ?? [])) as [Sample, Sample];
console.log(`median, 1 thread:   ${describe(one)}`);
console.log(`median, ${many} threads:  ${describe(more)}`);
console.log(`throughput: ${(more.requestsPerSecond / one.requestsPerSecond).toFixed(2)} ×`);
console.log(
  `requests per second of a serving core: ${(one.servingUs / more.servingUs).toFixed(2)} × those of one thread, so ${many} threads on cores of their own: ${((many * one.servingUs) / more.servingUs).toFixed(2)} ×`,
);

async function measure(threads: number): Promise<Sample> {
  await using closing = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-threads-'));
  closing.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const env = { PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, 'data'), LATCHKEY_THREADS: String(threads) };
  const server = await startLatchkeyProcess(env);
  closing.defer(async () => void (await server.stop()));
  const admin = await signInAsAdmin(server.url);
  const { token } = await admin.createToken({ name: 'refused', allowed_endpoints: ['/nothing'], rate_limit: 1_000_000_000 });
  const { port, host } = new URL(server.url);
  const request = `GET /api/products HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const load = await startPipelinedLoad({ ...LOAD, port: Number(port), request });
  closing.defer(() => load.stop());
  await delay(2_000);
  const goOn = pauseDatabase(env.LATCHKEY_DATA_DIR);
  closing.defer(goOn);
  return await sampleFor(server.child.pid ?? 0, threads, load);
}

async function sampleFor(pid: number, threads: number, load: PipelinedLoad): Promise<Sample> {
  const [from, cpu, own, at] = [load.answered, readThreadCpu(pid, threads), process.cpuUsage(), performance.now()];
  await delay(seconds * 1_000);
  const elapsedMs = performance.now() - at;
  const answered = load.answered - from;
  const servingMs = readThreadCpu(pid, threads).serving - cpu.serving;
  const { user, system } = process.cpuUsage(own);
  return {
    requestsPerSecond: (answered / elapsedMs) * 1_000,
    servingUs: (servingMs * 1_000) / answered,
    servingCores: servingMs / elapsedMs,
    generatorCores: (user + system) / 1_000 / elapsedMs,
  };
}

function medians(all: readonly Sample[]): Sample {
  const of = (figure: keyof Sample): number =>
    all.map((sample) => sample[figure]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return {
    requestsPerSecond: of('requestsPerSecond'),
    servingUs: of('servingUs'),
    servingCores: of('servingCores'),
    generatorCores: of('generatorCores'),
  };
}

function describe({ requestsPerSecond, servingUs, servingCores, generatorCores }: Sample): string {
  const figures = [`${requestsPerSecond.toFixed(0)} requests/s`, `${servingUs.toFixed(1)} µs of a serving core each`];
  return [...figures, `serving threads ${servingCores.toFixed(2)} cores`, `generator ${generatorCores.toFixed(2)}`].join(' · ');
}
