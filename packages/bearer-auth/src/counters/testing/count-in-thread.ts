import { workerData } from 'node:worker_threads';
import type { Counter, LimitClaim, RateLimitState } from '@latchkey/core';
import { passedAll } from '@latchkey/core';
import { createSharedCounter } from '../shared-counter.ts';
import type { CountingJob } from './run-counting-threads.ts';

// One of several threads that take from the same windows at the same time: `shared-threads.test.ts`.
const job = workerData as CountingJob;
const { memory, holder, keys, rounds, cost, algorithm, max, pooled, givesBack, now } = job;
const counter = createSharedCounter({ memory, holder });
const passed = new Int32Array(job.passed);
const gate = new Int32Array(job.gate);

Atomics.add(gate, 0, 1);
Atomics.notify(gate, 0);
Atomics.wait(gate, 1, 0);
do {
  for (let round = 0; round < rounds; round++) await countEveryKeyOnce(counter);
} while (job.endless);

/** In another order in every thread, so that they meet at every key. */
async function countEveryKeyOnce(shared: Counter): Promise<void> {
  const first = Math.floor(Math.random() * keys);
  for (let each = 0; each < keys; each++) await countOnce(shared, (first + each * 7) % keys);
}

async function countOnce(shared: Counter, key: number): Promise<void> {
  const claims = claimsOf(key);
  const states = await shared.take(claims, cost, now);
  if (!passedAll(states)) return;
  if (givesBack && Math.random() < 0.5) await giveBack(shared, claims, states);
  else Atomics.add(passed, key, 1);
}

async function giveBack(shared: Counter, claims: LimitClaim[], states: RateLimitState[]): Promise<void> {
  await shared.giveBack(claims, states, cost, now);
}

function claimsOf(key: number): LimitClaim[] {
  const own = { key: `{${key}}:default`, name: 'default', limit: { max, windowMs: 60_000, algorithm } };
  if (!pooled) return [own];
  return [own, { key: '{pool}:all', name: 'pool:all', limit: { max: 1_000_000, windowMs: 60_000, algorithm } }];
}
