// Contract §1: what the environment changes, over real servers. Starting, stopping and refusing to start are shown beside `main.ts`.
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasRedisServer, send, startRedisServer } from '@latchkey/bearer-auth/testing';
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findFreePort, startLatchkeyProcess } from '../testing/latchkey-process.ts';
import { type CreatedToken, makeDirectory, openScene, querySql, type Scene } from './testing/open-scene.ts';
import { type RecordingUpstream, startRecordingUpstream } from './testing/recording-upstream.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** One value per deployment, as replicas need them. */
const SHARED = { LATCHKEY_TOKEN_SECRET: 'one secret for all replicas', LATCHKEY_AUTH_SECRET: 'and another one for sessions' };

let database: TestDatabase;
let upstream: RecordingUpstream;
let scenes: Scene[];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  upstream = await startRecordingUpstream();
  scenes = [];
});
afterEach(async () => {
  await Promise.all(scenes.map((scene) => scene.close()));
  await upstream.close();
});

/** A server that lives as long as the test. */
async function open(env: Record<string, string> = {}): Promise<Scene> {
  const scene = await openReplica({ LATCHKEY_UPSTREAM_URL: upstream.url, ...env });
  scenes.push(scene);
  return scene;
}

function openReplica(env: Record<string, string> = {}): Promise<Scene> {
  return openScene({ databaseUrl: database.url, env: { ...SHARED, ...env } });
}

/** Polls until the request is answered with this status, and with it from then on. */
async function expectSoon(scene: Scene, { token }: CreatedToken, status: number): Promise<void> {
  await expect.poll(async () => (await scene.call(token)).status, { interval: 20, timeout: 15_000 }).toBe(status);
  expect((await scene.call(token)).status).toBe(status);
}

async function recordedAddresses(token: CreatedToken, requests: number): Promise<unknown[]> {
  const read = () =>
    querySql<{ ip: string }>(database.url, 'select host(ip) as ip from api_token_usage where token_id = $1 order by at, id', [token.id]);
  await expect.poll(async () => (await read()).length, { interval: 50, timeout: 15_000 }).toBe(requests);
  return (await read()).map(({ ip }) => ip);
}

describe('the data directory', () => {
  /** Of everything below: `r`, `w`, `x` of group and others. */
  async function othersMayDo(directory: string): Promise<string[]> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries.filter((one) => one.isFile() || one.isDirectory())) {
      const name = path.join(entry.parentPath, entry.name);
      const { mode } = await stat(name);
      // A directory may be passed through, not listed.
      const open = mode & (entry.isDirectory() ? 0o066 : 0o077);
      if (open !== 0) found.push(`${path.relative(directory, name)} ${(mode & 0o777).toString(8)}`);
    }
    return found;
  }

  it('beside a given database is 0700, and its files 0600', async () => {
    const scene = await open();
    const { token } = await scene.createToken({ name: 'spooled' });
    await scene.call(token);
    expect((await stat(scene.dataDirectory)).mode & 0o777).toBe(0o700);
    expect(await othersMayDo(scene.dataDirectory)).toEqual([]);
    expect((await readdir(scene.dataDirectory)).length).toBeGreaterThan(0);
  });

  it('with the embedded database is listed by nobody else, and no file in it is readable', async () => {
    const directory = await makeDirectory();
    const dataDirectory = path.join(directory, 'data');
    const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: dataDirectory });
    const isRoot = process.getuid?.() === 0;
    expect((await stat(dataDirectory)).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
    expect(await othersMayDo(dataDirectory)).toEqual([]);
    expect(await readdir(dataDirectory)).toEqual(expect.arrayContaining(['postgres', 'postgres-password', 'spool', 'token-secret']));
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
});

describe('PORT', () => {
  it('is where it listens, on the loopback address', async () => {
    const port = await findFreePort();
    const { url } = await open({ PORT: `${port}` });
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });
});

describe('SIGTERM', () => {
  it('lets what is in flight finish, takes nothing new, writes the usage, and exits with 0', async () => {
    const scene = await open();
    const token = await scene.createToken({ name: 'in flight' });
    const arrived = upstream.hold();
    const inFlight = scene.call(token.token, '/held');
    await arrived;
    const ended = scene.process.stop();
    await expect.poll(() => send(scene.url, { path: '/healthz' }).catch(() => 'refused'), { interval: 20 }).toBe('refused');
    upstream.release();
    expect(await inFlight).toMatchObject({ status: 200, body: { url: '/held' } });
    expect(await ended).toBe(0);
    expect(await querySql(database.url, 'select path, status_code from api_token_usage where token_id = $1', [token.id])).toEqual([
      { path: '/held', status_code: 200 },
    ]);
  });
});

describe('LATCHKEY_UPSTREAM_URL', () => {
  it('is the API that is protected: path without /api, query, method and body arrive as they were sent (S4-035)', async () => {
    const scene = await open();
    const token = await scene.createToken({ name: 'upstream', allowed_endpoints: ['/orders*'] });
    const answer = await scene.call(token.token, '/orders/1?store_id=1&x=%2F', { method: 'PATCH', body: '{"a":1}' });
    expect(answer).toMatchObject({ status: 200, body: { url: '/orders/1?store_id=1&x=%2F', body: '{"a":1}' } });
    expect(answer.headers).toHaveProperty('x-ratelimit-limit');
    expect(upstream.received).toMatchObject([{ method: 'PATCH', url: '/orders/1?store_id=1&x=%2F', body: '{"a":1}' }]);
    await scene.call(token.token, '/customers');
    await send(scene.url, { path: '/api/orders' });
    expect(upstream.received).toHaveLength(1);
  });

  it('never gets the token, and gets our word on who calls', async () => {
    const scene = await open();
    const { id, token } = await scene.createToken({ name: 'identified' });
    const forged = ['X-Latchkey-Token-Id', '999', 'X-Latchkey-Scopes', 'admin', 'x-latchkey-owner', 'root'];
    await scene.call(token, '/a', { headers: forged });
    await send(scene.url, { path: '/api/b', headers: ['X-API-Key', token, ...forged] });
    expect(upstream.received).toHaveLength(2);
    for (const { headers } of upstream.received) {
      expect(JSON.stringify(headers)).not.toContain(token.slice(12));
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-api-key');
      expect(headers['x-latchkey-token-id']).toBe(`${id}`);
      expect(JSON.stringify(headers)).not.toMatch(/999|root|"admin"/);
    }
  });

  it('may have a path of its own', async () => {
    const scene = await open({ LATCHKEY_UPSTREAM_URL: `${upstream.url}/v1` });
    const { token } = await scene.createToken({ name: 'below' });
    expect((await scene.call(token, '/orders?a=1')).body).toMatchObject({ url: '/v1/orders?a=1' });
  });

  it('that is gone is 502 UPSTREAM_ERROR, and on record', async () => {
    const scene = await open({ LATCHKEY_UPSTREAM_URL: `http://127.0.0.1:${await findFreePort()}` });
    const token = await scene.createToken({ name: 'gone' });
    const answer = await scene.call(token.token);
    expect(answer).toMatchObject({ status: 502, body: { code: 'UPSTREAM_ERROR', error: expect.any(String) } });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-ratelimit-limit': '100' });
    expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1/);
    await recordedAddresses(token, 1);
  });
});

describe('LATCHKEY_TOKEN_SECRET', () => {
  it('is rotated: old tokens work while the old secret is listed, and move to the newest when they are used', async () => {
    const [older, newer] = ['the older token secret', 'the newer token secret'];
    const first = await open({ LATCHKEY_TOKEN_SECRET: older });
    const [old, idle] = [await first.createToken({ name: 'old' }), await first.createToken({ name: 'idle' })];
    await first.process.stop();

    const second = await open({ LATCHKEY_TOKEN_SECRET: `${newer},${older}` });
    const young = await second.createToken({ name: 'young' });
    for (const { token } of [old, young]) expect((await second.call(token)).status).toBe(200);
    // A used token moves over to the newest secret; the one that nobody used stays behind.
    const countOld = async () => {
      const { versions } = (await second.query('admin.tokenSecrets')) as unknown as { versions: { isNewest: boolean; tokens: number }[] };
      return versions.find(({ isNewest }) => !isNewest)?.tokens;
    };
    await expect.poll(countOld, { interval: 50, timeout: 10_000 }).toBe(1);
    await second.process.stop();

    const third = await open({ LATCHKEY_TOKEN_SECRET: newer });
    for (const { token } of [old, young]) expect((await third.call(token)).status).toBe(200);
    expect(await third.call(idle.token)).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } });
  });
});

describe('LATCHKEY_TRUSTED_PROXIES', () => {
  const forwarded = [
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-For', '198.51.100.1, 203.0.113.10'],
    ['Forwarded', 'for="[2001:db8::7]:4711"'],
    [],
  ];

  it('unset: nobody is believed (G-12)', async () => {
    const scene = await open();
    const token = await scene.createToken({ name: 'direct' });
    for (const headers of forwarded) await scene.call(token.token, '/a', { headers });
    expect(await recordedAddresses(token, 4)).toEqual(Array(4).fill('127.0.0.1'));
  });

  it('set: their word on the client is believed, and nobody’s before it', async () => {
    const scene = await open({ LATCHKEY_TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' });
    const token = await scene.createToken({ name: 'proxied' });
    for (const headers of forwarded) await scene.call(token.token, '/a', { headers });
    await scene.call(token.token, '/a', { headers: ['X-Forwarded-For', '198.51.100.1, 203.0.113.11, 10.1.2.3'] });
    expect(await recordedAddresses(token, 5)).toEqual(['203.0.113.9', '203.0.113.10', '2001:db8::7', '127.0.0.1', '203.0.113.11']);
  });
});

describe('LATCHKEY_REQUIRE_HTTPS', () => {
  it('refuses plain HTTP before any token is looked at, unless a trusted proxy says that it was HTTPS (S1-40, C-19)', async () => {
    const scene = await open({ LATCHKEY_REQUIRE_HTTPS: 'true', LATCHKEY_TRUSTED_PROXIES: '127.0.0.0/8' });
    const token = await scene.createToken({ name: 'over TLS' });
    for (const text of [token.token, 'nonsense']) {
      expect(await scene.call(text, '/a')).toMatchObject({ status: 403, body: { code: 'HTTPS_REQUIRED' } });
    }
    const over = (protocol: string) => scene.call(token.token, '/a', { headers: ['X-Forwarded-Proto', protocol] });
    expect((await over('https')).status).toBe(200);
    expect((await over('http')).status).toBe(403);
  });

  it('believes nobody who is not trusted', async () => {
    const scene = await open({ LATCHKEY_REQUIRE_HTTPS: 'true' });
    const token = await scene.createToken({ name: 'spoofed' });
    expect((await scene.call(token.token, '/a', { headers: ['X-Forwarded-Proto', 'https'] })).status).toBe(403);
  });
});

describe('two servers on one DATABASE_URL', () => {
  let a: Scene;
  let b: Scene;
  beforeAll(async () => {
    [a, b] = await Promise.all([openReplica(), openReplica()]);
  });
  afterAll(() => Promise.all([a?.close(), b?.close()]));

  /** A token that both servers know and have in their caches. */
  async function warmToken(input: Record<string, unknown> = {}): Promise<CreatedToken> {
    const token = await a.createToken({ name: 'on both', rate_limit: 1_000, ...input });
    for (const scene of [a, b]) expect((await scene.call(token.token)).status).toBe(200);
    return token;
  }

  it('what is changed at one holds at the other within a moment', async () => {
    const disabled = await warmToken();
    await a.rest('PUT', `/api/api-tokens/${disabled.id}`, { active: false });
    await expectSoon(b, disabled, 401);
    await b.rest('PUT', `/api/api-tokens/${disabled.id}`, { active: true });
    await expectSoon(a, disabled, 200);

    const revoked = await warmToken();
    await a.rest('POST', `/api/api-tokens/${revoked.id}/revoke`);
    await expectSoon(b, revoked, 401);

    const restricted = await warmToken();
    await a.rest('PUT', `/api/api-tokens/${restricted.id}`, { allowed_endpoints: ['/stores'] });
    await expectSoon(b, restricted, 403);

    const limited = await warmToken();
    await a.rest('PUT', `/api/api-tokens/${limited.id}`, { rate_limit: 1 });
    await expectSoon(b, limited, 429);

    const deleted = await warmToken();
    await a.rest('DELETE', `/api/api-tokens/${deleted.id}`);
    await expectSoon(b, deleted, 401);
  });

  it('what is changed by hand-written SQL holds at both', async () => {
    const token = await warmToken();
    await querySql(database.url, 'update api_tokens set active = false where id = $1', [token.id]);
    await Promise.all([expectSoon(a, token, 401), expectSoon(b, token, 401)]);
  });

  it('a token that was refused as unknown works as soon as it exists', async () => {
    const token = await warmToken();
    const setDigest = (digest: unknown) =>
      querySql<{ digest: Buffer }>(
        database.url,
        'update api_token_secrets s set digest = $2 from api_token_secrets old where s.token_id = $1 and old.id = s.id returning old.digest',
        [token.id, digest],
      );
    const [before] = await setDigest(Buffer.alloc(32));
    await Promise.all([expectSoon(a, token, 401), expectSoon(b, token, 401)]);
    await setDigest(before?.digest);
    await Promise.all([expectSoon(a, token, 200), expectSoon(b, token, 200)]);
  });

  it('both see the usage of both, each request once', async () => {
    const token = await a.createToken({ name: 'summed', rate_limit: 1_000 });
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? a : b).call(token.token)));
    for (const scene of [a, b]) {
      const total = async () =>
        ((await scene.rest('GET', `/api/api-tokens/${token.id}`)).body as { token: { total_requests: number } }).token;
      await expect.poll(async () => (await total()).total_requests, { interval: 50, timeout: 15_000 }).toBe(40);
    }
  });
});

// Where Redis can not be had, only a machine of ours may go without this.
describe.skipIf(!hasRedisServer() && !process.env.CI)('VALKEY_URL', () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis.close());

  it('one limit for all replicas: of 40 parallel requests over two servers exactly 10 pass', async () => {
    const [a, b] = await Promise.all([open({ VALKEY_URL: redis.url }), open({ VALKEY_URL: redis.url })]);
    const isConnected = async (scene: Scene) => ((await scene.query('admin.server')) as { rateLimitMode: string }).rateLimitMode;
    for (const scene of [a, b]) await expect.poll(() => isConnected(scene)).toBe('valkey');
    const { token } = await a.createToken({ name: 'shared', rate_limit: 10 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? a : b).call(token)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ limit: 10, current: 11 });
    for (const scene of [a, b]) expect((await scene.call(token)).headers['x-ratelimit-remaining']).toBe('0');
  });
});

describe('a backup that is under way', () => {
  it('keeps no server from starting and recording, although it holds the usage log', async () => {
    const backup = new Client({ connectionString: database.url });
    await backup.connect();
    await backup.query('begin; lock table api_token_usage in access share mode');
    const scene = await open();
    const token = await scene.createToken({ name: 'during the backup' });
    expect((await scene.call(token.token)).status).toBe(200);
    await recordedAddresses(token, 1);
    await backup.end();
  });
});
