import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RateLimitAlgorithm } from '@latchkey/core';
import type { SharedCounterMemory } from '../shared-memory.ts';

export interface CountingJob {
  readonly memory: SharedCounterMemory;
  readonly holder: number;
  /** How many keys there are; 7 must not divide it. */
  readonly keys: number;
  /** Takes from each key, in each thread. */
  readonly rounds: number;
  readonly cost: number;
  readonly algorithm: RateLimitAlgorithm;
  readonly max: number;
  /** Whether each request counts in a window that all keys share, too. */
  readonly pooled: boolean;
  /** Whether about half of what passed is given back at once. */
  readonly givesBack: boolean;
  /** Whether it goes on until it is ended. */
  readonly endless: boolean;
  readonly now: number;
  /** Requests that passed and were not given back, by key. */
  readonly passed: SharedArrayBuffer;
  /** [0]: threads that wait; [1]: whether they may start. */
  readonly gate: SharedArrayBuffer;
}

export type CountingPlan = Omit<CountingJob, 'holder' | 'passed' | 'gate'>;

const FILE = new URL('./count-in-thread.ts', import.meta.url);

/** Threads that all start to count at the same moment. */
export async function startCountingThreads(plan: CountingPlan, holders: readonly number[]) {
  const passed = new SharedArrayBuffer(plan.keys * 4);
  const gate = new SharedArrayBuffer(8);
  const workers = holders.map((holder) => new Worker(FILE, { workerData: { ...plan, holder, passed, gate } satisfies CountingJob }));
  const ended = workers.map((worker) => once(worker, 'exit'));
  await untilAllWait(gate, holders.length);
  const open = new Int32Array(gate);
  Atomics.store(open, 1, 1);
  Atomics.notify(open, 1);
  return {
    workers,
    passed: () => [...new Int32Array(passed)],
    async finished() {
      for (const [code] of await Promise.all(ended)) if (code !== 0) throw new Error(`A counting thread ended with ${code}.`);
    },
  };
}

async function untilAllWait(gate: SharedArrayBuffer, threads: number): Promise<void> {
  const waiting = new Int32Array(gate);
  for (let seen = Atomics.load(waiting, 0); seen < threads; seen = Atomics.load(waiting, 0)) {
    const { async, value } = Atomics.waitAsync(waiting, 0, seen);
    if (async) await value;
  }
}
