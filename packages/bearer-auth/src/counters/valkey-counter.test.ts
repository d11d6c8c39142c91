import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCounter } from '../testing/counter-contract.ts';
import { aClaim, takeOne } from '../testing/limit-claim.ts';
import { hasRedisServer } from '../testing/redis-process.ts';
import { startRedisServer, type TestRedis } from '../testing/redis-server.ts';
import { createValkeyCounter } from './valkey-counter.ts';

const { VALKEY_URL: givenUrl, CI: isCi } = process.env;
const isPossible = givenUrl !== undefined || hasRedisServer();
const LIMIT = { max: 2, windowMs: 60_000, algorithm: 'fixed' } as const;

it.runIf(isCi)('a server to test against is at hand: redis-server on PATH, or VALKEY_URL', () => {
  expect(isPossible).toBe(true);
});

describe.runIf(isPossible)('with a real server', () => {
  let server: Pick<TestRedis, 'url'> & Partial<TestRedis>;
  beforeAll(async () => {
    server = givenUrl === undefined ? await startRedisServer() : { url: givenUrl };
  });
  afterAll(() => server.close?.());

  describeCounter('Valkey', async () => open(server.url), 60);

  it('counts on the server’s clock, whatever the caller’s says', async () => {
    const client = new Redis(server.url);
    await client.ping();
    const counter = createValkeyCounter({ client, timeoutMs: 5_000 });
    const key = `clock-${process.pid}`;
    await takeOne(counter, key, LIMIT, 0);
    await takeOne(counter, key, LIMIT, Number.MAX_SAFE_INTEGER / 2);
    const state = await takeOne(counter, key, LIMIT, 1_000);
    expect(state).toMatchObject({ allowed: false, current: 3 });
    expect(state.resetAt).toBeLessThanOrEqual(61_000);
    expect(await client.pttl(`latchkey:rate:${key}`)).toBeGreaterThan(0);
    client.disconnect();
  });

  it('takes an answer that came in time, even where this process was too busy to read it', async () => {
    const client = new Redis(server.url);
    await client.ping();
    const counter = createValkeyCounter({ client, clock: 'caller', timeoutMs: 20 });
    const taking = takeOne(counter, `busy-${process.pid}`, LIMIT, 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect(await taking).toMatchObject({ allowed: true, current: 1 });
    expect(counter.localAnswers).toBe(0);
    client.disconnect();
  });

  it('counts several windows in one script: a request that one of them refuses is counted in none', async () => {
    const { counter, close } = await open(server.url);
    const tag = `{both-${process.pid}}`;
    const claims = [aClaim(`${tag}:a`, { ...LIMIT, max: 5 }), aClaim(`${tag}:b`, LIMIT)];
    const all = await Promise.all(Array.from({ length: 20 }, () => counter.take(claims, 1, 0)));
    expect(all.filter((states) => states.every((state) => state.allowed))).toHaveLength(2);
    expect(await counter.peek(claims, 0)).toMatchObject([{ current: 2 }, { current: 2 }]);
    await close();
  });

  it('is shared: two clients spend one limit', async () => {
    const [one, other] = [await open(server.url), await open(server.url)];
    const key = `shared-${process.pid}`;
    await takeOne(one.counter, key, LIMIT, 0);
    await takeOne(other.counter, key, LIMIT, 0);
    expect(await takeOne(one.counter, key, LIMIT, 0)).toMatchObject({ allowed: false, current: 3 });
    await Promise.all([one.close(), other.close()]);
  });
});

async function open(url: string) {
  const client = new Redis(url);
  await client.ping();
  const counter = createValkeyCounter({ client, clock: 'caller', timeoutMs: 5_000 });
  return {
    counter,
    close: async () => {
      counter.close();
      client.disconnect();
    },
  };
}
