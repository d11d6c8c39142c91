import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { peekOne, takeOne } from '../testing/limit-claim.ts';
import { createSharedCounter } from './shared-counter.ts';
import { createSharedCounterMemory } from './shared-memory.ts';
import { type CountingPlan, startCountingThreads } from './testing/run-counting-threads.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const THREADS = [2, 3, 4, 5];
/** 4 threads × 32 = 128 requests for each of 1,000 limits of 100, all under way at once. */
const PLAN: Omit<CountingPlan, 'memory'> = {
  keys: 1_000,
  rounds: 32,
  cost: 1,
  algorithm: 'fixed',
  max: 100,
  pooled: false,
  givesBack: false,
  endless: false,
  now: NOON,
};

async function run(plan: Partial<CountingPlan>) {
  const memory = createSharedCounterMemory({ maxKeys: 10_000 });
  const threads = await startCountingThreads({ ...PLAN, ...plan, memory }, THREADS);
  await threads.finished();
  return { passed: threads.passed(), counter: createSharedCounter({ memory, holder: 1 }) };
}

describe('over four threads exactly as many pass as over one', () => {
  it.each(['fixed', 'sliding'] as const)('of 128 requests at a limit of 100, 1,000 times out of 1,000 (%s)', async (algorithm) => {
    const { passed } = await run({ algorithm });
    expect(passed.filter((count) => count !== 100)).toEqual([]);
  });

  it('counted in two windows, of which all share one: both are right to the last request', async () => {
    const { passed, counter } = await run({ pooled: true });
    expect(passed.filter((count) => count !== 100)).toEqual([]);
    const pool = { max: 1_000_000, windowMs: 60_000, algorithm: 'fixed' } as const;
    expect(await peekOne(counter, '{pool}:all', pool, NOON)).toMatchObject({ current: 100_000 });
  });

  it('where a request costs three', async () => {
    const { passed } = await run({ cost: 3, rounds: 12 });
    expect(passed.filter((count) => count !== 33)).toEqual([]);
  });

  it('where half of them are given back: what is left is what was not', async () => {
    const { passed, counter } = await run({ givesBack: true });
    const limit = { max: 100, windowMs: 60_000, algorithm: 'fixed' } as const;
    for (const [key, count] of passed.entries()) {
      let more = 0;
      while ((await takeOne(counter, `{${key}}:default`, limit, NOON)).allowed) more += 1;
      expect(count + more, `key ${key}`).toBe(100);
    }
  });
});

describe('threads that are ended while they count', () => {
  it('stop nobody else', async () => {
    const memory = createSharedCounterMemory({ maxKeys: 10_000, stripes: 1 });
    const plan = { ...PLAN, memory, keys: 50, endless: true, givesBack: true, max: 1_000_000 };
    const main = createSharedCounter({ memory, holder: 1 });
    const survivors = await startCountingThreads(plan, [2]);
    for (let holder = 3; holder < 13; holder++) {
      const { workers } = await startCountingThreads(plan, [holder]);
      const [worker] = workers;
      void worker?.terminate();
      await once(worker ?? process, 'exit');
      main.releaseHolder(holder);
    }
    const countedBySurvivors = () => survivors.passed().reduce((sum, count) => sum + count, 0);
    const before = countedBySurvivors();
    await expect.poll(countedBySurvivors).toBeGreaterThan(before);
    for (const worker of survivors.workers) await worker.terminate();
  });
});
