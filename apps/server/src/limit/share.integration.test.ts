// Who divides a limit with whom where no Valkey is there, as real registries of gateways say it.
import { createMemoryCounter } from '@latchkey/bearer-auth';
import type { LimitClaim } from '@latchkey/core';
import { type Database, openDatabase } from '@latchkey/database';
import { createTestDatabase } from '@latchkey/database/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseValkeyUrl } from '../config/parse-valkey-url.ts';
import { countersOf } from '../thread/counting.ts';
import { createRateCounter } from './create-counter.ts';

const LIMIT = { max: 90, windowMs: 60_000, algorithm: 'fixed' } as const;
/** Nobody listens there. */
const NOWHERE = parseValkeyUrl('redis://127.0.0.1:1');
const COUNTERS = { single: 1, threaded: 4 + 1 };

let test: Awaited<ReturnType<typeof createTestDatabase>>;
const closing: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await test?.drop();
});

it('a gateway with several threads has a share for each of its counters, and all shares together are the limit', async () => {
  const [single, threaded] = [await openGateway('single', 1), await openGateway('threaded', 4)];
  for (const { gateways } of [single, threaded]) await expect.poll(() => gateways.liveCount(), { timeout: 10_000 }).toBe(2);
  const counters = [await openCounter(single)];
  for (let counter = 0; counter < COUNTERS.threaded; counter++) counters.push(await openCounter(threaded));
  const passed = await Promise.all(counters.map(spend));
  expect(passed).toEqual(Array(COUNTERS.single + COUNTERS.threaded).fill(15));
});

async function openGateway(name: string, threads: number): Promise<Database> {
  const database = await openDatabase({ url: test.url });
  closing.push(() => database.close());
  const rest = { host: 'machine-1', pid: 7, version: '1.2.3', limiterMode: () => 'share', maxStaleSeconds: 300 };
  await database.gateways.register({ name, threads, ...rest });
  return database;
}

async function openCounter({ gateways }: Database) {
  const liveGateways = () => countersOf(gateways.liveThreads());
  const options = { address: NOWHERE, logger: pino({ enabled: false }), liveGateways, local: createMemoryCounter() };
  const rate = await createRateCounter(options);
  closing.push(() => rate.close());
  expect(rate.mode()).toBe('share');
  return rate.counter;
}

async function spend(counter: Awaited<ReturnType<typeof openCounter>>): Promise<number> {
  const claims: LimitClaim[] = [{ key: '{1}:default', name: 'default', limit: LIMIT }];
  let passed = 0;
  for (let request = 0; request < LIMIT.max; request++) {
    const [state] = await counter.take(claims, 1, Date.now());
    if (state?.allowed) passed += 1;
  }
  return passed;
}
