import { setTimeout as pause } from 'node:timers/promises';
import type { Counter } from '@latchkey/core';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCounter } from '../testing/counter-contract.ts';
import { aClaim } from '../testing/limit-claim.ts';
import { startRedisCluster, type TestRedisCluster } from '../testing/redis-cluster.ts';
import { hasRedisServer } from '../testing/redis-process.ts';
import { openReplicas } from '../testing/valkey-replicas.ts';
import { VALKEY_CLUSTER_OPTIONS } from './valkey-client-options.ts';
import { createValkeyCounter, type ValkeyCounter } from './valkey-counter.ts';

const PATIENT_MS = 5_000;

describe.runIf(hasRedisServer() || process.env.CI)('a cluster of three', () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 30_000);
  afterAll(() => cluster?.close());

  describeCounter('Valkey cluster', async () => openCounter(cluster), 40);

  it('keeps the windows of different tokens on different servers', async () => {
    const { counter, close } = await openCounter(cluster);
    for (let token = 0; token < 60; token++) await counter.take([aClaim(`{spread-${token}}:default`, LIMIT)], 1, 1);
    const client = new Cluster([...cluster.endpoints]);
    for (const node of client.nodes('master')) expect((await node.keys('latchkey:rate:{spread-*')).length).toBeGreaterThan(5);
    client.disconnect();
    await close();
  });

  it('two guards on it are exact together, at a limit of the token and a pool of its owner', async () => {
    const pools = { person: [{ ...LIMIT, name: 'all', max: 50 }] };
    const guards = await openReplicas(2, () => new Cluster([...cluster.endpoints], VALKEY_CLUSTER_OPTIONS), PATIENT_MS, pools);
    await guards.become('valkey');
    const spend = async (texts: readonly string[], requests: number) => {
      const asked = Array.from({ length: requests }, (_, index) => guards.ask(texts[index % texts.length] as string, index >> 1));
      return (await Promise.all(asked)).filter(Boolean).length;
    };
    for (const max of [10, 100]) expect(await spend([guards.issue({ ...LIMIT, max })], 4 * max)).toBe(max);
    // Ada's tokens may pass 40 each, and 50 together: one leaves ten to the other.
    const adas = [guards.issue({ ...LIMIT, max: 40 }, 'ada'), guards.issue({ ...LIMIT, max: 40 }, 'ada')];
    for (const [index, left] of [40, 10].entries()) expect(await spend(adas.slice(index, index + 1), 200)).toBe(left);
    const bobs = Array.from({ length: 4 }, () => guards.issue({ ...LIMIT, max: 40 }, 'bob'));
    expect(await spend(bobs, 400)).toBe(50);
    await guards.close();
  });
});

describe.runIf(hasRedisServer() || process.env.CI)('through a failover', () => {
  // A process that is alone has the whole limit for itself, so that nobody can tell who counts.
  describeCounter(
    'Valkey cluster whose first master is killed on the way',
    async () => {
      const cluster = await startRedisCluster({ replicas: true });
      const { counter, close } = await openCounter(cluster);
      const killed = killingAfter(300, counter, cluster);
      return {
        counter: killed,
        close: async () => {
          const { opens, mode } = counter;
          await close();
          await cluster.close();
          expect({ opens, mode }).toEqual({ opens: 1, mode: 'valkey' });
        },
      };
    },
    250,
    // A refusal while nobody is there to hear of it is not made up for. It changes a window only under another limit than it was opened with.
    { limitsChange: false },
  );

  /** Kills a master between two questions, and asks slowly enough for a promotion on the way. */
  function killingAfter(questions: number, counter: ValkeyCounter, { masters }: TestRedisCluster): Counter {
    let asked = 0;
    const next = async () => {
      asked += 1;
      if (asked === questions) await masters[0]?.kill();
      if (counter.mode === 'share') await pause(5);
    };
    return {
      take: async (...question) => next().then(() => counter.take(...question)),
      peek: async (...question) => next().then(() => counter.peek(...question)),
      giveBack: async (...question) => next().then(() => counter.giveBack(...question)),
    };
  }
});

const LIMIT = { max: 5, windowMs: 60_000, algorithm: 'fixed' } as const;

async function openCounter(cluster: TestRedisCluster) {
  const client = new Cluster([...cluster.endpoints], VALKEY_CLUSTER_OPTIONS);
  client.on('error', () => undefined);
  const counter = createValkeyCounter({ client, clock: 'caller', timeoutMs: PATIENT_MS });
  while (counter.mode !== 'valkey') await pause(5);
  return {
    counter,
    close: async () => {
      counter.close();
      client.disconnect();
    },
  };
}
