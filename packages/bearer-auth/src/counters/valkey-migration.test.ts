import { Cluster, Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { startRedisCluster } from '../testing/redis-cluster.ts';
import { hasRedisServer } from '../testing/redis-process.ts';
import { openReplicas } from '../testing/valkey-replicas.ts';
import { VALKEY_CLUSTER_OPTIONS } from './valkey-client-options.ts';

const PATIENT_MS = 1_000;
const LIMIT = { max: 40, windowMs: 60_000, algorithm: 'fixed' } as const;
const POOLS = { person: [{ ...LIMIT, name: 'all', max: 100 }] };
/** Of the first token. */
const WINDOW = 'latchkey:rate:{1}:default';
/** Of the first token where it is Ada's: its own and the pool's. */
const WINDOWS = ['latchkey:rate:{person:ada}:1:default', 'latchkey:rate:{person:ada}:pool:all'] as const;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.runIf(hasRedisServer() || process.env.CI)('while a slot of a cluster migrates', () => {
  it('ASK: a window that has gone ahead is counted where it is, and nobody notices', async () => {
    const { guards, spend, migrate } = await openScene();
    const text = guards.issue(LIMIT);
    expect(await spend(text, 10)).toBe(10);
    const migration = await migrate(WINDOW);
    await migration.move(WINDOW);
    expect(await migration.from.exists(WINDOW).catch(({ message }) => message)).toMatch(/^ASK /);
    expect(await spend(text, 10)).toBe(10);
    await migration.end();
    expect(await spend(text, 100)).toBe(20);
    expect(guards.counters.map(({ opens }) => opens)).toEqual([0, 0]);
  });

  it('TRYAGAIN for a moment: whoever asks for windows that were torn apart waits until they are together', async () => {
    const { guards, spend, migrate } = await openScene();
    const text = guards.issue(LIMIT, 'ada');
    expect(await spend(text, 10)).toBe(10);
    const migration = await migrate(WINDOWS[0]);
    await migration.move(WINDOWS[0]);
    const waiting = spend(text, 10);
    await migration.move(WINDOWS[1]);
    await migration.end();
    expect(await waiting).toBe(10);
    expect(await spend(text, 100)).toBe(20);
    expect(guards.counters.map(({ opens }) => opens)).toEqual([0, 0]);
  });

  it('TRYAGAIN for long: no 5xx, shares, and no more than the limit', async () => {
    const { guards, spend, migrate } = await openScene();
    const text = guards.issue(LIMIT, 'ada');
    expect(await spend(text, 10)).toBe(10);
    const migration = await migrate(WINDOWS[0]);
    await migration.move(WINDOWS[0]);
    expect(await migration.from.exists(...WINDOWS).catch(({ message }) => message)).toMatch(/^TRYAGAIN /);
    expect(await spend(text, 10)).toBe(10);
    expect(Math.max(...guards.counters.map(({ opens }) => opens))).toBeGreaterThan(0);
    await migration.move(WINDOWS[1]);
    await migration.end();
    await guards.become('valkey');
    expect(await spend(text, 100)).toBe(20);
  });
});

describe.runIf(hasRedisServer() || process.env.CI)('when a cluster has lost its majority', () => {
  it('CLUSTERDOWN: no 5xx, shares, and windows go on when it is whole again', async () => {
    const { cluster, guards, spend, nodes } = await openScene();
    const text = guards.issue(LIMIT);
    expect(await spend(text, 10)).toBe(10);
    // {1} is served by the second, which stays.
    const [first, last] = [cluster.masters[0], cluster.masters[2]];
    first?.pause();
    last?.pause();
    const refusal = () => nodes[1]?.exists(WINDOW).then(String, ({ message }) => message);
    await expect.poll(refusal, { interval: 20, timeout: 10_000 }).toMatch(/^CLUSTERDOWN /);
    expect(await spend(text, 10)).toBe(10);
    expect(guards.counters.map(({ mode, opens }) => ({ mode, opens }))).toEqual(Array(2).fill({ mode: 'share', opens: 1 }));
    first?.resume();
    last?.resume();
    await cluster.healthy();
    await guards.become('valkey');
    expect(await spend(text, 100)).toBe(20);
  });
});

async function openScene() {
  const cluster = await startRedisCluster();
  closing.push(() => cluster.close());
  const nodes = cluster.masters.map(({ port }) => new Redis(port));
  for (const node of nodes) node.on('error', () => undefined);
  closing.push(async () => {
    for (const node of nodes) node.disconnect();
  });
  const guards = await openReplicas(2, () => new Cluster([...cluster.endpoints], VALKEY_CLUSTER_OPTIONS), PATIENT_MS, POOLS);
  closing.push(() => guards.close());
  await guards.become('valkey');
  const spend = async (text: string, requests: number) => {
    let passed = 0;
    for (let request = 0; request < requests; request++) if (await guards.ask(text, request)) passed += 1;
    return passed;
  };
  return { cluster, guards, spend, nodes, migrate: (key: string) => beginMigration(nodes, key) };
}

/** Takes the slot of a key from its master to another. */
async function beginMigration(nodes: readonly Redis[], key: string) {
  const slot = Number(await nodes[0]?.call('CLUSTER', 'KEYSLOT', key));
  const holds = await Promise.all(nodes.map(async (node) => (await node.exists(key).catch(() => 0)) === 1));
  const from = nodes[holds.indexOf(true)] as Redis;
  const to = nodes[holds.indexOf(false)] as Redis;
  const [fromId, toId] = [String(await from.call('CLUSTER', 'MYID')), String(await to.call('CLUSTER', 'MYID'))];
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
  return {
    from,
    move: async (moved: string) => void (await from.call('MIGRATE', '127.0.0.1', to.options.port ?? 0, moved, 0, 5_000)),
    async end() {
      const third = nodes.filter((node) => node !== from && node !== to);
      for (const node of [to, from, ...third]) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    },
  };
}
