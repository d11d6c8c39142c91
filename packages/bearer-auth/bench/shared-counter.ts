import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Counter, LimitClaim } from '@latchkey/core';
import { createMemoryCounter } from '../src/counters/memory-counter.ts';
import { createSharedCounter, createSharedCounterMemory, type SharedCounterMemory } from '../src/counters/shared.ts';

// What a request costs in the counter that threads share, beside the one in memory, alone and with every core at it.
// Run: node packages/bearer-auth/bench/shared-counter.ts

const REQUESTS = 2_000_000;
const TOKENS = 1_000;
const now = Date.now();

function claimsOf(windows: number, tokens: number): LimitClaim[][] {
  const limit = { max: 1_000_000_000, windowMs: 60_000, algorithm: 'fixed' } as const;
  return Array.from({ length: tokens }, (_, id) =>
    Array.from({ length: windows }, (_, name) => ({ key: `{${id}}:${name}`, name: `${name}`, limit })),
  );
}

function nanosecondsPerTake(counter: Counter, claims: LimitClaim[][]): number {
  // Of this thread alone, so that others on the machine do not count.
  const before = process.threadCpuUsage();
  for (let request = 0; request < REQUESTS; request++) void counter.take(claims[request % claims.length] ?? [], 1, now);
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1e3) / REQUESTS;
}

if (isMainThread) await compare();
else takeInThread(workerData);

async function compare(): Promise<void> {
  // One of each, as in a process that serves: a second one of the same code is slower.
  const inMemory = createMemoryCounter();
  const shared = createSharedCounter({ memory: createSharedCounterMemory(), holder: 1 });
  for (const windows of [1, 2, 3]) {
    const claims = claimsOf(windows, TOKENS);
    const best = (counter: Counter): string => Math.min(...[1, 2, 3].map(() => nanosecondsPerTake(counter, claims))).toFixed(0);
    console.log(`${windows} window(s), one thread: in memory ${best(inMemory)} ns, shared ${best(shared)} ns per request`);
  }
  const threads = availableParallelism();
  for (const tokens of [TOKENS, 1]) {
    const times = await takeInThreads(threads, tokens);
    console.log(
      `1 window, ${threads} threads at once, ${tokens} token(s): ${times.map((each) => each.toFixed(0)).join(', ')} ns per request`,
    );
  }
}

interface Job {
  readonly memory: SharedCounterMemory;
  readonly holder: number;
  readonly tokens: number;
}

function takeInThreads(threads: number, tokens: number): Promise<number[]> {
  const memory = createSharedCounterMemory();
  return Promise.all(
    Array.from({ length: threads }, async (_, index) => {
      const workerData: Job = { memory, holder: index + 1, tokens };
      const [time] = await once(new Worker(new URL(import.meta.url), { workerData }), 'message');
      return time as number;
    }),
  );
}

function takeInThread({ memory, holder, tokens }: Job): void {
  const counter = createSharedCounter({ memory, holder });
  nanosecondsPerTake(counter, claimsOf(1, tokens));
  parentPort?.postMessage(nanosecondsPerTake(counter, claimsOf(1, tokens)));
}
