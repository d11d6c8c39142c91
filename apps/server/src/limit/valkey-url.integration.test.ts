// What `VALKEY_URL` promises, over two real servers and each kind of Valkey there is.
import {
  hasRedisServer,
  type RedisProcess,
  send,
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
} from '@latchkey/bearer-auth/testing';
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, openScene, type Scene } from '../contract/testing/open-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SHARED = { LATCHKEY_TOKEN_SECRET: 'one secret for all replicas', LATCHKEY_AUTH_SECRET: 'and another one for sessions' };

/** A Valkey in some form, and how to take all of it away. */
interface Place {
  readonly url: string;
  readonly processes: readonly RedisProcess[];
  close(): Promise<void>;
}

async function startSingle(): Promise<Place> {
  const server = await startRedisServer(['requirepass a-password-of-tests']);
  return { url: `redis://:a-password-of-tests@127.0.0.1:${server.port}/2`, processes: [server], close: () => server.close() };
}

async function startSentinel(): Promise<Place> {
  const group = await startRedisSentinel();
  return { url: group.url, processes: [group.sentinel, group.primary, group.replica], close: () => group.close() };
}

async function startCluster(): Promise<Place> {
  const cluster = await startRedisCluster();
  return { url: cluster.url, processes: cluster.masters, close: () => cluster.close() };
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function openTwo(url: string): Promise<[Scene, Scene]> {
  const env = { ...SHARED, VALKEY_URL: url };
  const scenes = await Promise.all([openScene({ databaseUrl: database.url, env }), openScene({ databaseUrl: database.url, env })]);
  for (const scene of scenes) closing.push(() => scene.close());
  // Each hears of the other within a second.
  for (const scene of scenes) await expect.poll(() => scene.query('admin.server'), { timeout: 15_000 }).toMatchObject({ gateways: 2 });
  return scenes as [Scene, Scene];
}

async function countsBy(scene: Scene): Promise<unknown> {
  return (await scene.query('admin.server')).rateLimitMode;
}

async function become(scenes: readonly Scene[], mode: string): Promise<void> {
  for (const scene of scenes) await expect.poll(() => countsBy(scene), { interval: 20, timeout: 15_000 }).toBe(mode);
}

/** How many of 40 requests at once, to both servers in turn, were answered with which status. */
async function askBoth(scenes: readonly Scene[], { token }: CreatedToken): Promise<Record<number, number>> {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => (scenes[index % 2] as Scene).call(token)));
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function metric(scene: Scene, name: string): Promise<string | undefined> {
  const { text } = await send(scene.url, { path: '/metrics' });
  return text.split('\n').find((line) => line.startsWith(name));
}

describe.runIf(hasRedisServer() || process.env.CI)('VALKEY_URL', () => {
  it.each([
    ['one server, with a password and a database', startSingle],
    ['a primary under a sentinel', startSentinel],
    ['a cluster of three', startCluster],
  ])('%s: two servers share a limit exactly, and divide it while all of Valkey is away', async (_, start) => {
    const place = await start();
    closing.push(() => place.close());
    const scenes = await openTwo(place.url);
    await become(scenes, 'valkey');
    const first = await scenes[0].createToken({ name: 'shared', rate_limit: 10 });
    expect(await askBoth(scenes, first)).toEqual({ 200: 10, 429: 30 });

    for (const process of place.processes) await process.kill();
    await become(scenes, 'share');
    expect(await scenes[1].query('admin.server')).toMatchObject({ rateLimitMode: 'share', gateways: 2 });
    expect(await askBoth(scenes, first)).toEqual({ 429: 40 });
    expect(await askBoth(scenes, await scenes[0].createToken({ name: 'divided', rate_limit: 10 }))).toEqual({ 200: 10, 429: 30 });
    expect(await metric(scenes[0], 'latchkey_rate_limit_mode{mode="share"}')).toBe('latchkey_rate_limit_mode{mode="share"} 1');
    expect(await metric(scenes[0], 'latchkey_rate_limit_gateways')).toBe('latchkey_rate_limit_gateways 2');
    expect(scenes[0].output()).toContain('Valkey is away');
  });

  it('a Valkey that is not there keeps no server from starting; it is used when it comes', async () => {
    const server = await startRedisServer();
    closing.push(() => server.close());
    await server.kill();
    const scenes = await openTwo(server.url);
    await become(scenes, 'share');
    const token = await scenes[0].createToken({ name: 'early', rate_limit: 10 });
    const early = await askBoth(scenes, token);
    expect(early).toEqual({ 200: 10, 429: 30 });
    await expect.poll(() => scenes[0].output(), { timeout: 10_000 }).toContain('Valkey is away');
    await server.start();
    const since = performance.now();
    await become(scenes, 'valkey');
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await askBoth(scenes, token)).toEqual({ 429: 40 });
  });
});
