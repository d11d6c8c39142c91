import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Load, LoadResult } from './in-process/load.ts';

// What the guard costs in process, warm token, all of it: beside the same handler on bare node:http, in turn, as ratios.
// The server has one processor to itself and the load another. Run: node packages/bearer-auth/bench/in-process.ts [rounds] [seconds]

const [rounds = 10, seconds = 1] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly texts: readonly string[];
}

interface Figures {
  readonly rate: number;
  readonly cpuUs: number;
  readonly p50: number;
  readonly p99: number;
}

function start(file: string, args: readonly string[], cpu: number): ChildProcess {
  const child = fork(join(import.meta.dirname, 'in-process', file), args);
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(cpu), String(child.pid)], { stdio: 'ignore' });
  } catch {
    // Not on this system: the ratios still hold, with more noise.
  }
  return child;
}

async function ask<Answer>(child: ChildProcess, message: object | string): Promise<Answer> {
  child.send(message);
  const [answer] = await once(child, 'message');
  return answer as Answer;
}

async function startServer(kind: string): Promise<Server> {
  const child = start('server.ts', [kind], 0);
  const [{ port, texts }] = (await once(child, 'message')) as [{ port: number; texts: string[] }];
  return { child, port, texts };
}

async function measure(server: Server, load: ChildProcess, durationMs: number, rate: number | null): Promise<Figures> {
  const before = await ask<{ cpuUs: number }>(server.child, 'cpu');
  const { port, texts } = server;
  const result = await ask<LoadResult>(load, { port, texts, connections: CONNECTIONS, durationMs, rate } satisfies Load);
  const after = await ask<{ cpuUs: number }>(server.child, 'cpu');
  if (result.failed > 0) throw new Error(`${result.failed} answers were not 200.`);
  const at = (share: number): number => result.latencies[Math.floor(result.latencies.length * share)] ?? 0;
  return { rate: result.answered / result.seconds, cpuUs: (after.cpuUs - before.cpuUs) / result.answered, p50: at(0.5), p99: at(0.99) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const show = (share: number): string => (sorted[Math.round((sorted.length - 1) * share)] ?? 0).toFixed(digits);
  return `${median(values).toFixed(digits)} (${show(0.25)}–${show(0.75)})`;
}

const load = start('load.ts', [], 1);
const [bare, guard] = await Promise.all([startServer('bare'), startServer('guard')]);
for (const server of [bare, guard]) await measure(server, load, 3_000, null);

const full: { bare: Figures; guard: Figures }[] = [];
for (let round = 0; round < rounds; round++) {
  const first = await measure(round % 2 === 0 ? bare : guard, load, seconds * 1_000, null);
  const second = await measure(round % 2 === 0 ? guard : bare, load, seconds * 1_000, null);
  full.push(round % 2 === 0 ? { bare: first, guard: second } : { bare: second, guard: first });
}
console.log(`${rounds} rounds of ${seconds} s, ${CONNECTIONS} connections; medians with quartiles`);
console.log(
  `bare        ${spread(
    full.map((each) => each.bare.cpuUs),
    2,
  )} µs of CPU a request, ${spread(
    full.map((each) => each.bare.rate),
    0,
  )} requests/s`,
);
console.log(
  `guard       ${spread(
    full.map((each) => each.guard.cpuUs),
    2,
  )} µs of CPU a request, ${spread(
    full.map((each) => each.guard.rate),
    0,
  )} requests/s`,
);
console.log(
  `over bare   ${spread(
    full.map((each) => each.guard.cpuUs - each.bare.cpuUs),
    2,
  )} µs of CPU a request`,
);
console.log(
  `throughput  ${spread(
    full.map((each) => (100 * each.guard.rate) / each.bare.rate),
    1,
  )} % of bare`,
);
console.log(
  `by CPU      ${spread(
    full.map((each) => (100 * each.bare.cpuUs) / each.guard.cpuUs),
    1,
  )} % of bare`,
);

const half = median(full.map((each) => each.guard.rate)) / 2;
const paced: { bare: Figures; guard: Figures }[] = [];
for (let round = 0; round < Math.max(3, rounds / 2); round++) {
  paced.push({ bare: await measure(bare, load, seconds * 1_000, half), guard: await measure(guard, load, seconds * 1_000, half) });
}
console.log(`at ${half.toFixed(0)} requests/s, half of what the guard serves:`);
for (const share of ['p50', 'p99'] as const) {
  const [of, behind] = [paced.map((each) => each.bare[share]), paced.map((each) => each.guard[share])];
  const added = paced.map((each) => each.guard[share] - each.bare[share]);
  console.log(`${share}         bare ${spread(of, 3)} ms, guard ${spread(behind, 3)} ms, added ${spread(added, 3)} ms`);
}

for (const { child } of [bare, guard]) child.send('stop');
load.kill();
