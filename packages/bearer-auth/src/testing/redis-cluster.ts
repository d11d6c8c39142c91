import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, type RedisProcess, startRedisProcess } from './redis-process.ts';

/** A cluster of servers on the loopback address. */
export interface TestRedisCluster {
  /** As `VALKEY_URL` says it. */
  readonly url: string;
  readonly endpoints: readonly { readonly host: string; readonly port: number }[];
  /** They divide the slots evenly among each other, in this order. */
  readonly masters: readonly RedisProcess[];
  /** One for each master, in their order, where replicas were asked for. */
  readonly replicas: readonly RedisProcess[];
  /** Resolves when every server that lives says that all slots are served. */
  healthy(): Promise<void>;
  close(): Promise<void>;
}

const MASTERS = 3;
const SLOTS = 16_384;
/** After so long a silent server is voted out. */
const NODE_TIMEOUT_MS = 500;

/** Starts three masters, and a replica of each where `replicas` is set. Resolves when the cluster serves every slot. */
export async function startRedisCluster({ replicas = false } = {}): Promise<TestRedisCluster> {
  const buses = new Map<RedisProcess, number>();
  const nodes = await Promise.all(Array.from({ length: replicas ? 2 * MASTERS : MASTERS }, () => startNode(buses)));
  const masters = nodes.slice(0, MASTERS);
  const followers = nodes.slice(MASTERS);
  await Promise.all(masters.map(giveSlots));
  const [first, ...others] = nodes as [RedisProcess, ...RedisProcess[]];
  for (const node of others) await call(first, 'CLUSTER', 'MEET', '127.0.0.1', node.port, buses.get(node) ?? 0);
  await healthy(nodes);
  await Promise.all(followers.map((node, index) => follow(node, masters[index] as RedisProcess)));
  const endpoints = nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
  return {
    url: `redis+cluster://${endpoints.map(({ host, port }) => `${host}:${port}`).join(',')}`,
    endpoints,
    masters,
    replicas: followers,
    healthy: () => healthy(nodes),
    close: async () => {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

async function startNode(buses: Map<RedisProcess, number>): Promise<RedisProcess> {
  const bus = await freePort();
  const config = ['cluster-enabled yes', `cluster-port ${bus}`, `cluster-node-timeout ${NODE_TIMEOUT_MS}`, 'repl-diskless-sync-delay 0'];
  const node = await startRedisProcess({ config });
  buses.set(node, bus);
  return node;
}

async function giveSlots(node: RedisProcess, index: number): Promise<void> {
  const [from, to] = [Math.ceil((SLOTS * index) / MASTERS), Math.ceil((SLOTS * (index + 1)) / MASTERS) - 1];
  await call(node, 'CLUSTER', 'ADDSLOTSRANGE', from, to);
  await call(node, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
}

/** The replica must hold what the master holds before a test may take the master away. */
async function follow(node: RedisProcess, master: RedisProcess): Promise<void> {
  const id = String(await call(master, 'CLUSTER', 'MYID'));
  await until(async () => (await call(node, 'CLUSTER', 'REPLICATE', id)) === 'OK');
  await until(async () => String(await call(node, 'INFO', 'replication')).includes('master_link_status:up'));
}

async function healthy(nodes: readonly RedisProcess[]): Promise<void> {
  const isHealthy = async (node: RedisProcess) => String(await call(node, 'CLUSTER', 'INFO')).includes('cluster_state:ok');
  const known = async (node: RedisProcess) => String(await call(node, 'CLUSTER', 'NODES')).split('\n').length > nodes.length;
  for (const node of nodes) await until(async () => (await isHealthy(node)) && (await known(node)));
}

/** Whether a step is over: errors on the way there are expected. */
async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await check().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('The servers did not get there within 20 seconds.');
    await pause(50);
  }
}

/** One command to one server, over a connection of its own. */
async function call({ port }: RedisProcess, command: string, ...args: (string | number)[]): Promise<unknown> {
  const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null, lazyConnect: true });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
