/**
 * What a request costs the gateway's main thread, and what all its threads, beside the proxies in the same rounds: shipping usage has a thread
 * of its own, and may have a processor of its own.
 *
 *   node apps/bench/src/gateway-threads.ts [--rounds 7] [--seconds 2] [--tokens 1000]
 */
import { parseArgs } from 'node:util';
import { type MeasureOptions, measureOnce } from './measure/measure-once.ts';
import { warmUp } from './measure/warm-up.ts';
import { openServers } from './open-servers.ts';
import { chooseCores } from './process/cores.ts';
import { readThreadCpu } from './process/thread-cpu-time.ts';
import type { StartedSubject } from './subject/start-subject.ts';

interface Sample {
  readonly requestsPerSecond: number;
  readonly mainUs: number;
  readonly allUs: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    tokens: { type: 'string', default: '1000' },
  },
});
const options: MeasureOptions = { connections: 64, seconds: Number(values.seconds), ratePerSecond: null, sharesProcessor: true };

await using closing = new AsyncDisposableStack();
const subjects = ['gateway', 'fastify-http-proxy', 'nginx'];
const bench = await openServers(chooseCores(), closing, { subjects, tokens: Number(values.tokens), onProgress: () => {} });
const servers = [bench.bare, ...bench.servers];
const samples = new Map<StartedSubject, Sample[]>(servers.map((server) => [server, []]));
for (const server of servers) {
  const failure = await warmUp(bench, server, { ...options, seconds: 3 });
  if (failure !== null) throw new Error(`${server.subject.name}: ${failure.failed}`);
}
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const server of servers) samples.get(server)?.push(await sample(server));
}
for (const [{ subject }, taken] of samples) {
  const of = (read: (each: Sample) => number) => spread(taken.map(read));
  console.log(
    `${subject.name}: main thread ${of((each) => each.mainUs)} µs a request, all threads ${of((each) => each.allUs)} µs, ${of((each) => each.requestsPerSecond)} requests/s`,
  );
}

async function sample(server: StartedSubject): Promise<Sample> {
  const [pid = 0] = server.pids;
  const before = readThreadCpu(pid);
  const measured = await measureOnce(bench, server, options);
  const after = readThreadCpu(pid);
  if ('failed' in measured) throw new Error(`${server.subject.name}: ${measured.failed}`);
  const { requestsPerSecond, cpuUs } = measured;
  if (before === null || after === null || cpuUs === null) throw new Error('This system does not tell what threads cost.');
  const mainShare = (after.mainMs - before.mainMs) / (after.allMs - before.allMs);
  // The first process of nginx only watches the one that serves, which has one thread.
  const mainUs = server.subject.name === 'nginx' ? cpuUs : cpuUs * mainShare;
  return { requestsPerSecond, mainUs, allUs: cpuUs };
}

/** Median, least and most. */
function spread(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((value) => (value ?? Number.NaN).toFixed(0));
  return `${median} (${least}–${most})`;
}
