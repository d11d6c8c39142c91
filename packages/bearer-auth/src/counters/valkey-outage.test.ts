import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { Cluster, Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { aClaim } from '../testing/limit-claim.ts';
import { startRedisCluster } from '../testing/redis-cluster.ts';
import { hasRedisServer, type RedisProcess } from '../testing/redis-process.ts';
import { startRedisSentinel, type TestRedisSentinel } from '../testing/redis-sentinel.ts';
import { startRedisServer, type TestRedis } from '../testing/redis-server.ts';
import { openReplicas, type ValkeyReplicas } from '../testing/valkey-replicas.ts';
import { VALKEY_CLIENT_OPTIONS, VALKEY_CLUSTER_OPTIONS } from './valkey-client-options.ts';
import { createValkeyCounter } from './valkey-counter.ts';

const REPLICAS = 3;
const MINUTE = { max: 90, windowMs: 60_000, algorithm: 'fixed' } as const;
const HEALED_WITHIN_MS = 2_000;
const IN_FLIGHT = REPLICAS * 4;
const PATIENT_MS = 1_000;
const STOPPED_MS = 200;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.runIf(hasRedisServer() || process.env.CI)('while the server is away', () => {
  it('killed: nobody gets a 5xx, nobody waits, and all replicas together let no more pass than the limit', async () => {
    const { server, replicas } = await openScene();
    const text = replicas.issue(MINUTE);
    const stream = replicas.stream(text);
    await server.kill();
    await replicas.become('share');
    stream.look();
    const other = replicas.issue(MINUTE);
    const fresh = await spend(replicas, other, 200);
    expect(fresh).toBe(90);
    const away = await stream.stop();
    expect(away.failed).toBe(0);
    await server.start();
    await healsInTime(replicas);
    expect(await spend(replicas, other, 20)).toBe(0);
    expect(replicas.counters.map(({ opens, timeouts }) => ({ opens, timeouts }))).toEqual(Array(REPLICAS).fill({ opens: 1, timeouts: 0 }));
  });

  it('killed and restarted empty: windows go on where they were', async () => {
    const { server, replicas } = await openScene();
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 60)).toBe(60);
    await server.kill();
    await replicas.become('share');
    // What is left is divided: (90 − 60) ÷ 3 each.
    expect(await spend(replicas, text, 15)).toBe(15);
    await server.start();
    await healsInTime(replicas);
    expect(await spend(replicas, text, 100)).toBe(15);
  });

  it('nothing is left of a window: nothing is granted of it while the server is away, and a new one is divided', async () => {
    const { server, replicas } = await openScene();
    const brief = { ...MINUTE, windowMs: 1_500 };
    const text = replicas.issue(brief);
    expect(await spend(replicas, text, 120)).toBe(90);
    const openedBefore = Date.now();
    await server.kill();
    await replicas.become('share');
    expect(await spend(replicas, text, 30)).toBe(0);
    await expect.poll(() => Date.now() - openedBefore, { interval: 50, timeout: 5_000 }).toBeGreaterThan(1_500);
    expect(await spend(replicas, text, 200)).toBe(90);
  });

  it('stopped (SIGSTOP): one time-out of 20 ms in each replica, for those only that were asking', async () => {
    const { server, replicas } = await openScene({ timeoutMs: 20 });
    const text = replicas.issue({ ...MINUTE, max: 100_000 });
    const stream = replicas.stream(text);
    await expect.poll(() => stream.look().passed).toBeGreaterThan(0);
    const before = replicas.counters.map(({ opens, timeouts, localAnswers }) => ({ opens, timeouts, localAnswers }));
    server.pause();
    await replicas.become('share');
    const opening = stream.look();
    const localAnswers = (index: number) => (replicas.counters[index]?.localAnswers ?? 0) - (before[index]?.localAnswers ?? 0);
    await expect.poll(() => before.every((_, index) => localAnswers(index) > 50)).toBe(true);
    for (const [index, { opens, timeouts }] of replicas.counters.entries()) {
      expect(opens - (before[index]?.opens ?? 0)).toBeLessThanOrEqual(1);
      expect(timeouts - (before[index]?.timeouts ?? 0)).toBeLessThanOrEqual(1);
      expect(timeouts).toBeGreaterThanOrEqual(1);
    }
    const away = stream.look();
    server.resume();
    await healsInTime(replicas);
    const after = await stream.stop();
    expect(opening.failed + away.failed + after.failed).toBe(0);
    // Whoever waited was asking at that moment: some 150 others were answered without waiting.
    expect(opening.waited + away.waited).toBeLessThanOrEqual(2 * IN_FLIGHT);
  });

  it('stopped while a window runs out: all together let no more pass than the limit, and none is counted twice', async () => {
    const { server, replicas } = await openScene({ timeoutMs: STOPPED_MS });
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 30)).toBe(30);
    server.pause();
    const waiting = await Promise.all(Array.from({ length: 9 }, (_, index) => replicas.ask(text, index)));
    expect(waiting).toEqual(Array(9).fill(true));
    expect(await spend(replicas, text, 21)).toBe(21);
    server.resume();
    await healsInTime(replicas);
    expect(await spend(replicas, text, 100)).toBe(30);
  });

  it('stopped while a request is given back: it is given back once', async () => {
    const { server, replicas } = await openScene({ timeoutMs: STOPPED_MS });
    const [counter] = replicas.counters;
    if (counter === undefined) throw new Error('There is no replica.');
    const claims = [aClaim('{1}:default', MINUTE)];
    await counter.take(claims, 1, Date.now());
    const taken = await counter.take(claims, 1, Date.now());
    server.pause();
    expect(await counter.giveBack(claims, taken, 1, Date.now())).toMatchObject([{ current: 1 }]);
    server.resume();
    await healsInTime(replicas);
    expect(await counter.peek(claims, Date.now())).toMatchObject([{ current: 1 }]);
  });

  it('killed after a look under another limit: the look has changed nothing', async () => {
    const { server, replicas } = await openScene();
    const [counter] = replicas.counters;
    if (counter === undefined) throw new Error('There is no replica.');
    const claims = [aClaim('{1}:default', MINUTE)];
    for (let request = 0; request < 90; request++) await counter.take(claims, 1, Date.now());
    await counter.peek([aClaim('{1}:default', { ...MINUTE, windowMs: 1 })], Date.now());
    await server.kill();
    await replicas.become('share');
    expect(await counter.take(claims, 1, Date.now())).toMatchObject([{ allowed: false }]);
  });

  it('a client that gave up for good is connected again, and the windows go on', async () => {
    const { replicas, clients } = await openScene();
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 30)).toBe(30);
    for (const client of clients) client.disconnect();
    await replicas.become('share');
    expect(await spend(replicas, text, 30)).toBe(30);
    await Promise.all(clients.map((client) => client.status === 'end' || once(client, 'end')));
    await healsInTime(replicas);
    expect(await spend(replicas, text, 100)).toBe(30);
  });

  it('not there at the start: each replica counts its share at once, and they join when it comes', async () => {
    const server = await startRedisServer();
    closing.push(() => server.close());
    await server.kill();
    const { replicas } = await openOn(server);
    const text = replicas.issue(MINUTE);
    expect(replicas.counters.map(({ mode }) => mode)).toEqual(['share', 'share', 'share']);
    expect(await spend(replicas, text, 45)).toBe(45);
    await server.start();
    await healsInTime(replicas);
    expect(await spend(replicas, text, 100)).toBe(45);
  });
});

describe.runIf(hasRedisServer() || process.env.CI)('while the server refuses', () => {
  it('flushed: windows go on where they were, without a break', async () => {
    const { client, replicas } = await openScene();
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 60)).toBe(60);
    await client.flushall();
    expect(await spend(replicas, text, 100)).toBe(30);
    expect(replicas.counters.every(({ opens }) => opens === 0)).toBe(true);
  });

  it('flushed under a stream: no more pass than the limit and what was under way', async () => {
    const { client, replicas } = await openScene();
    const limit = { ...MINUTE, max: 400 };
    const text = replicas.issue(limit);
    const stream = replicas.stream(text);
    let passed = 0;
    const count = () => {
      passed += stream.look().passed;
      return passed;
    };
    await expect.poll(count, { interval: 5 }).toBeGreaterThan(150);
    await client.flushall();
    await expect.poll(count, { interval: 5, timeout: 10_000 }).toBeGreaterThanOrEqual(limit.max);
    const last = await stream.stop();
    expect(last.failed).toBe(0);
    expect(passed + last.passed).toBeLessThanOrEqual(limit.max + IN_FLIGHT);
  });

  it('SCRIPT FLUSH: the script is sent again, and nobody notices', async () => {
    const { client, replicas } = await openScene();
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 30)).toBe(30);
    await client.script('FLUSH');
    expect(await spend(replicas, text, 100)).toBe(60);
    expect(replicas.counters.every(({ opens }) => opens === 0)).toBe(true);
  });

  it('a foreign value under a key of ours costs one window, and not the breaker', async () => {
    const { client, replicas } = await openScene();
    const text = replicas.issue(MINUTE);
    await client.set('latchkey:rate:{1}:default', 'not a window');
    expect(await spend(replicas, text, 100)).toBe(90);
    expect(replicas.counters.every(({ opens }) => opens === 0)).toBe(true);
  });

  it.each([
    ['READONLY', async (client: Redis, other: TestRedis) => void (await client.replicaof('127.0.0.1', other.port))],
    ['OOM', async (client: Redis) => void (await client.config('SET', 'maxmemory', '1'))],
    ['NOREPLICAS', async (client: Redis) => void (await client.config('SET', 'min-replicas-to-write', '1'))],
    ['MISCONF', failToSave],
  ])('%s: each replica counts its share without a 5xx, until the server takes writes again', async (code, hurt) => {
    const { server, client, replicas } = await openScene();
    const other = await startRedisServer();
    closing.push(() => other.close());
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 30)).toBe(30);
    await hurt(client, other, server);
    await expect.poll(() => client.hset('any', 'f', '1').then(String, (error: Error) => error.message)).toMatch(new RegExp(`^${code}`));
    expect(await spend(replicas, text, 30)).toBe(30);
    expect(replicas.counters.map(({ mode }) => mode)).toEqual(['share', 'share', 'share']);
    // Probes find it alive and not writable: it does not flap.
    await expect.poll(() => replicas.counters[0]?.opens).toBe(1);
    await client.replicaof('NO', 'ONE');
    await client.config('SET', 'maxmemory', '0');
    await client.config('SET', 'min-replicas-to-write', '0');
    await client.config('SET', 'stop-writes-on-bgsave-error', 'no');
    await healsInTime(replicas);
    expect(await spend(replicas, text, 100)).toBe(30);
    expect(replicas.counters.map(({ opens }) => opens)).toEqual([1, 1, 1]);
  });

  it('LOADING: as if it were not there, until it has read its file', async () => {
    const { server, client, replicas } = await openScene({ config: ['key-load-delay 5000', 'loading-process-events-interval-bytes 1024'] });
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 30)).toBe(30);
    const filler = client.pipeline();
    for (let key = 0; key < 300; key++) filler.set(`filler-${key}`, 'x'.repeat(2_000));
    await filler.exec();
    await client.save();
    await server.kill();
    await replicas.become('share');
    await server.start();
    const loading = new Redis(server.port, { enableReadyCheck: false });
    expect(await loading.get('filler-1').then(String, (error: Error) => error.message)).toMatch(/^LOADING/);
    expect(await spend(replicas, text, 30)).toBe(30);
    expect(replicas.counters.map(({ mode }) => mode)).toEqual(['share', 'share', 'share']);
    await expect.poll(() => loading.get('filler-1').then(String, () => null), { timeout: 20_000 }).not.toBe(null);
    loading.disconnect();
    await healsInTime(replicas);
    expect(await spend(replicas, text, 100)).toBe(30);
  });

  it('away again while it is told the last of what passed without it: that is told when it is back', async () => {
    const server = await startRedisServer();
    closing.push(() => server.close());
    const client = new AskedRedis({ ...VALKEY_CLIENT_OPTIONS, port: server.port });
    const counter = createValkeyCounter({ client, timeoutMs: PATIENT_MS });
    closing.push(async () => {
      counter.close();
      client.disconnect();
    });
    await expect.poll(() => counter.mode).toBe('valkey');
    const claims = [aClaim('{1}:default', MINUTE)];
    client.failNext = true;
    await counter.take(claims, 1, Date.now());
    let told = 0;
    client.onAdd = () => {
      told += 1;
      // What passes while the server is told of the last one is what it is told next.
      if (told <= 2) void counter.take(claims, 1, Date.now());
      if (told === 3) client.failNext = true;
    };
    await expect.poll(() => counter.opens, { timeout: HEALED_WITHIN_MS }).toBe(2);
    await expect.poll(() => counter.mode, { timeout: HEALED_WITHIN_MS }).toBe('valkey');
    expect(await counter.peek(claims, Date.now())).toMatchObject([{ current: 3 }]);
  });
});

describe.runIf(hasRedisServer() || process.env.CI)('when another server takes over', () => {
  it.each(['killed', 'stopped'])(
    'a primary that is %s under a sentinel: no 5xx, shares until the replica is promoted, then one limit',
    async (how) => {
      const group = await startRedisSentinel();
      closing.push(() => group.close());
      const replicas = await openReplicas(
        REPLICAS,
        () => new Redis({ ...VALKEY_CLIENT_OPTIONS, sentinels: [{ host: '127.0.0.1', port: group.sentinel.port }], name: group.name }),
        STOPPED_MS,
      );
      closing.push(() => replicas.close());
      await replicas.become('valkey');
      await throughFailover(replicas, group.primary, how, () => named(group));
    },
  );

  it.each(['killed', 'stopped'])(
    'a master of a cluster that is %s: no 5xx, shares until its replica is promoted, then one limit',
    async (how) => {
      const cluster = await startRedisCluster({ replicas: true });
      closing.push(() => cluster.close());
      const replicas = await openReplicas(REPLICAS, () => new Cluster([...cluster.endpoints], VALKEY_CLUSTER_OPTIONS), STOPPED_MS);
      closing.push(() => replicas.close());
      await replicas.become('valkey');
      // The first token's windows are in slot 9,842 – {1} –, which the second master serves.
      const [, owner] = cluster.masters;
      const [, successor] = cluster.replicas;
      if (owner === undefined || successor === undefined) throw new Error('The cluster has fewer servers than it was asked for.');
      await throughFailover(replicas, owner, how, () => promoted(successor));
    },
  );

  async function throughFailover(
    replicas: ValkeyReplicas,
    owner: RedisProcess,
    how: string,
    succeeded: () => Promise<void>,
  ): Promise<void> {
    const text = replicas.issue(MINUTE);
    expect(await spend(replicas, text, 30)).toBe(30);
    const stream = replicas.stream(replicas.issue({ ...MINUTE, max: 1_000_000 }), 1);
    if (how === 'killed') await owner.kill();
    else owner.pause();
    // Through the time-out, the breaker and the promotion: of 60 that are left, 20 for each.
    expect(await spend(replicas, text, 30)).toBe(30);
    await succeeded();
    await healsInTime(replicas);
    const seen = await stream.stop();
    expect(seen.failed).toBe(0);
    expect(replicas.counters.every(({ opens, timeouts }) => opens === 1 && timeouts <= 1)).toBe(true);
    expect(await spend(replicas, text, 100)).toBe(30);
  }
});

type RunScript = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<unknown>;

/** A client of which a test hears when the server is to be told of something, and which can fail a script before it is sent. */
class AskedRedis extends Redis {
  failNext = false;
  onAdd: () => void = () => undefined;

  override defineCommand(...[name, definition]: Parameters<Redis['defineCommand']>): void {
    super.defineCommand(name, definition);
    const commands = this as unknown as Record<string, RunScript>;
    const run = commands[name] as RunScript;
    commands[name] = async (keyCount, ...rest) => {
      if (rest[keyCount] === 'add') this.onAdd();
      if (!this.failNext) return run.call(this, keyCount, ...rest);
      this.failNext = false;
      throw new Error('The connection is lost.');
    };
  }
}

/** Resolves when the sentinel sends clients to the replica. */
async function named({ sentinel, name, replica }: TestRedisSentinel): Promise<void> {
  const client = new Redis(sentinel.port);
  client.on('error', () => undefined);
  const primary = async () => String(await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name));
  await expect.poll(primary, { interval: 20, timeout: 20_000 }).toBe(`127.0.0.1,${replica.port}`);
  client.disconnect();
}

/** Resolves when a server takes writes for those that it followed. */
async function promoted({ port }: RedisProcess): Promise<void> {
  const client = new Redis(port);
  client.on('error', () => undefined);
  const isServing = async () => (await client.role())[0] === 'master' && !(await client.info('cluster')).includes('cluster_state:fail');
  await expect.poll(isServing, { interval: 20, timeout: 20_000 }).toBe(true);
  client.disconnect();
}

/** `timeoutMs`: where a test is not about it, long enough for a machine that is busy with other tests. */
async function openScene({ config = [], timeoutMs = PATIENT_MS }: { config?: readonly string[]; timeoutMs?: number } = {}) {
  const server = await startRedisServer(config);
  closing.push(() => server.close());
  const { replicas, clients } = await openOn(server, timeoutMs);
  await replicas.become('valkey');
  const client = new Redis(server.url);
  client.on('error', () => undefined);
  closing.push(async () => client.disconnect());
  return { server, client, replicas, clients };
}

async function openOn(server: TestRedis, timeoutMs = PATIENT_MS) {
  const clients: Redis[] = [];
  const open = () => {
    const client = new Redis({ ...VALKEY_CLIENT_OPTIONS, port: server.port, enableReadyCheck: false });
    clients.push(client);
    return client;
  };
  const replicas = await openReplicas(REPLICAS, open, timeoutMs);
  closing.push(() => replicas.close());
  return { replicas, clients };
}

/** How many of `requests`, one after another and to each replica in turn, pass. */
async function spend(replicas: ValkeyReplicas, text: string, requests: number): Promise<number> {
  let passed = 0;
  for (let request = 0; request < requests; request++) if (await replicas.ask(text, request)) passed += 1;
  return passed;
}

async function healsInTime(replicas: ValkeyReplicas): Promise<void> {
  const since = performance.now();
  await replicas.become('valkey');
  expect(performance.now() - since).toBeLessThan(HEALED_WITHIN_MS);
}

/** A server that could not write its file refuses writes. */
async function failToSave(client: Redis, _other: TestRedis, server: TestRedis): Promise<void> {
  await client.config('SET', 'save', '3600 1');
  rmSync(server.directory, { recursive: true });
  expect(existsSync(server.directory)).toBe(false);
  await client.bgsave();
}
