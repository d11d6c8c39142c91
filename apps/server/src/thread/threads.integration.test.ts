// LATCHKEY_THREADS: what holds over several threads of one server that would hold by itself in one.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { send } from '@latchkey/bearer-auth/testing';
import { createTestDatabase } from '@latchkey/database/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeDirectory, openScene, openSceneWithDatabase, querySql, type Scene } from '../contract/testing/open-scene.ts';
import { countPassed } from '../testing/exact-limit.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type DatabaseScene = Scene & { readonly databaseUrl: string };

/** So many connections that each of two threads has some. */
const CONNECTIONS = 16;

/** One request on each of the connections, at once; the status, or why there is none. */
function askEverywhere(agent: Agent, url: string, token: string): Promise<(number | string)[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => ask(agent, url, token)));
}

function ask(agent: Agent, url: string, token: string, target = '/api/products'): Promise<number | string> {
  return new Promise((resolve) => {
    const req = request(url + target, { agent, headers: { authorization: `Bearer ${token}` } }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
  });
}

const openAgent = () => new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

describe('two threads', () => {
  let scene: DatabaseScene;
  let agent: Agent;
  beforeAll(async () => {
    scene = await openSceneWithDatabase({ LATCHKEY_THREADS: '2' });
    agent = openAgent();
  });
  afterAll(async () => {
    agent?.destroy();
    await scene?.close();
  });

  const spoolBytes = async (): Promise<number[]> =>
    Promise.all(
      ['spool-2', 'spool-3'].map(async (name) => {
        const directory = path.join(scene.dataDirectory, name);
        const sizes = await Promise.all((await readdir(directory)).map(async (file) => (await stat(path.join(directory, file))).size));
        return sizes.reduce((sum, size) => sum + size, 0);
      }),
    );

  it('let exactly 100 of 128 requests at once pass at a limit of 100, every time, and both of them serve', async () => {
    const before = await spoolBytes();
    const createToken = async (): Promise<string> => (await scene.createToken({ name: 'exact', rate_limit: 100 })).token;
    const counts = await countPassed({ url: scene.url, createToken, rounds: 50, concurrent: 128 });
    expect(counts.filter((passed) => passed !== 100)).toEqual([]);
    const after = await spoolBytes();
    for (const [index, bytes] of after.entries()) expect(bytes).toBeGreaterThan(before[index] ?? 0);
  });

  it('both know of a revocation before the call that made it returns', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id, token } = await scene.createToken({ name: `revoked ${round}`, rate_limit: 10_000 });
      expect(new Set(await askEverywhere(agent, scene.url, token))).toEqual(new Set([200]));
      expect((await scene.rest('POST', `/api/api-tokens/${id}/revoke`)).status).toBe(200);
      expect(new Set(await askEverywhere(agent, scene.url, token))).toEqual(new Set([401]));
    }
  });

  it('both hear of what is changed in the database by hand', async () => {
    const { id, token } = await scene.createToken({ name: 'by hand', rate_limit: 10_000 });
    expect(new Set(await askEverywhere(agent, scene.url, token))).toEqual(new Set([200]));
    await querySql(scene.databaseUrl, 'update api_tokens set revoked_at = now() where id = $1', [id]);
    await expect.poll(async () => [...new Set(await askEverywhere(agent, scene.url, token))]).toEqual([401]);
    expect(new Set(await askEverywhere(agent, scene.url, token))).toEqual(new Set([401]));
  });

  it('have all of their records stored, each once, and their figures summed', async () => {
    const requests = async (): Promise<number> => {
      const { text } = await send(scene.url, { path: '/metrics' });
      return Number(/latchkey_requests_total\{outcome="ENDPOINT_NOT_ALLOWED",status_class="4xx"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await requests();
    const { id, token } = await scene.createToken({ name: 'counted', allowed_endpoints: ['/stores'] });
    for (let round = 0; round < 10; round += 1) expect(new Set(await askEverywhere(agent, scene.url, token))).toEqual(new Set([403]));
    const count = async () =>
      (await querySql<{ n: number }>(scene.databaseUrl, 'select count(*)::int as n from api_token_usage where token_id = $1', [id]))[0]?.n;
    await expect.poll(count, { timeout: 15_000 }).toBe(10 * CONNECTIONS);
    expect((await requests()) - before).toBe(10 * CONNECTIONS);
  });

  it('are said in the registry of gateways', async () => {
    expect(await querySql(scene.databaseUrl, 'select threads from gateway')).toEqual([{ threads: 2 }]);
  });

  it('pass on what is not theirs over a socket that nobody else can reach', async () => {
    const socket = path.join(scene.dataDirectory, 'run', 'main.sock');
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(socket))).mode & 0o777).toBe(0o700);
    expect((await send(scene.url, { path: '/healthz' })).status).toBe(200);
  });

  it('believe nobody outside who says where a request comes from', async () => {
    for (const forged of ['X-Latchkey-Peer', 'x-latchkey-peer', 'X_Latchkey_Peer'])
      expect((await send(scene.url, { path: '/metrics', headers: [forged, 'http 203.0.113.9'] })).status).toBe(200);
  });
});

it('forging the address of an operator opens nothing', async () => {
  const scene = await openSceneWithDatabase({ LATCHKEY_THREADS: '2', LATCHKEY_METRICS_ALLOW: '203.0.113.9' });
  const answer = await send(scene.url, { path: '/metrics', headers: ['X-Latchkey-Peer', 'http 203.0.113.9'] });
  await scene.close();
  expect(answer.status).toBe(403);
});

it('fewer threads than before ship what the others left, whose spools are gone then', async () => {
  const database = await createTestDatabase();
  const directory = await makeDirectory();
  const dataDirectory = path.join(directory, 'data');
  const start = (threads: number) =>
    openScene({ databaseUrl: database.url, env: { LATCHKEY_DATA_DIR: dataDirectory, LATCHKEY_THREADS: String(threads) } });
  const spools = async () => (await readdir(dataDirectory)).filter((name) => name.startsWith('spool')).toSorted();
  const before = await start(3);
  const { id, token } = await before.createToken({ name: 'left behind', rate_limit: 10_000 });
  const agent = openAgent();
  expect(new Set(await askEverywhere(agent, before.url, token))).toEqual(new Set([200]));
  agent.destroy();
  await before.process.killHard();
  expect(await spools()).toEqual(['spool', 'spool-2', 'spool-3', 'spool-4']);
  const after = await start(1);
  await expect.poll(spools, { timeout: 15_000 }).toEqual(['spool']);
  const count = 'select count(*)::int as n from api_token_usage where token_id = $1';
  expect(await querySql(database.url, count, [id])).toEqual([{ n: CONNECTIONS }]);
  await Promise.all([before.close(), after.close()]);
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

describe('a thread that ends', () => {
  let directory: string;
  let scene: DatabaseScene;
  afterEach(async () => {
    await scene?.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** A server whose callback ends the thread that it runs in, where the path says so. */
  async function openCrashing(crash: string): Promise<void> {
    directory = await mkdtemp(path.join(tmpdir(), 'latchkey-crash-'));
    const file = path.join(directory, 'latchkey.config.mjs');
    await writeFile(file, `export default { callbacks: { beforeAuthentication({ path }) { if (path === '/crash') ${crash} } } };`);
    scene = await openSceneWithDatabase({ LATCHKEY_THREADS: '2', LATCHKEY_CONFIG: file });
  }

  it.each([
    ['is ended', 'process.exit(7)'],
    ['has an error that nobody caught', "setImmediate(() => { throw new Error('a defect') })"],
  ])('because it %s is replaced; the limit stays exact, and nothing that was answered is lost', async (_why, crash) => {
    await openCrashing(crash);
    const { id, token } = await scene.createToken({ name: 'survivor', rate_limit: 100 });
    const agent = openAgent();
    const before = await askEverywhere(agent, scene.url, token);
    expect(new Set(before)).toEqual(new Set([200]));
    const crasher = openAgent();
    await ask(crasher, scene.url, token, '/api/crash');
    await expect.poll(() => scene.output()).toContain('A thread has ended; another takes its place');
    const later: (number | string)[] = [];
    // Connections of the one that ended are gone; each is opened anew.
    while (later.filter((status) => status === 429).length < 10) later.push(...(await askEverywhere(agent, scene.url, token)));
    for (const each of [agent, crasher]) each.destroy();
    const passed = [...before, ...later].filter((status) => status === 200).length;
    // The request that ended the thread was counted, or it was not.
    expect(passed).toBeOneOf([99, 100]);
    const logged = async () =>
      (
        await querySql<{ n: number }>(
          scene.databaseUrl,
          `select count(*)::int as n from api_token_usage where token_id = $1 and status_code = 200`,
          [id],
        )
      )[0]?.n;
    await expect.poll(logged, { timeout: 15_000 }).toBeGreaterThanOrEqual(passed);
    expect(await scene.process.stop()).toBe(0);
  });

  it('just before the server is told to stop keeps nobody waiting: the one that takes its place is not there yet', async () => {
    await openCrashing('process.exit(7)');
    const { token } = await scene.createToken({ name: 'last', rate_limit: 100 });
    const crasher = openAgent();
    await ask(crasher, scene.url, token, '/api/crash');
    await expect.poll(() => scene.output()).toContain('A thread has ended; another takes its place');
    crasher.destroy();
    expect(await scene.process.stop()).toBe(0);
  });

  it('again and again ends the process, which says why', async () => {
    await openCrashing('process.exit(7)');
    const { token } = await scene.createToken({ name: 'crasher', rate_limit: 10_000 });
    const ended = new Promise((resolve) => scene.process.child.once('exit', resolve));
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    while (!hasEnded) await ask(new Agent(), scene.url, token, '/api/crash');
    expect(await ended).toBe(1);
    expect(scene.output()).toMatch(/threads ended 6 times within a minute/);
  });
});
