// Contract §4 while PostgreSQL can not be reached: nobody is told to throw a good token away, and no request is lost.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { bearer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CuttableProxy, openCuttableProxy } from '../management/testing/open-cuttable-proxy.ts';
import { type CreatedToken, openScene, querySql, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let wire: CuttableProxy;
let scene: Scene;
/** Known to the cache; known to the database only; and those that change while the server can not hear it. */
let warm: CreatedToken;
let cold: CreatedToken;
let revokedMeanwhile: CreatedToken;
let tight: CreatedToken;
const unknown = createTokenText('lk_live_');
/** Answers that `warm` was given. */
let answered = 0;

const callWarm = async (publicPath = '/products') => {
  answered += 1;
  return scene.call(warm.token, publicPath);
};
const loggedOf = ({ id }: CreatedToken) =>
  querySql<{ path: string; status_code: number }>(
    database.url,
    'select path, status_code from api_token_usage where token_id = $1 order by at, id',
    [id],
  );

beforeAll(async () => {
  database = await createTestDatabase();
  wire = await openCuttableProxy(database.url);
  scene = await openScene({ databaseUrl: wire.url });
  const create = (name: string, more = {}) => scene.createToken({ name, rate_limit: 1_000, allowed_endpoints: ['/products*'], ...more });
  warm = await create('warm');
  cold = await create('cold');
  revokedMeanwhile = await create('revoked meanwhile');
  tight = await create('tight', { rate_limit: 2 });
  expect((await callWarm()).status).toBe(200);
  for (const { token } of [revokedMeanwhile, tight]) expect((await scene.call(token)).status).toBe(200);
});
afterAll(async () => {
  await scene?.close();
  await wire?.cut();
  await database?.drop();
});

describe('while the database is away', () => {
  beforeAll(() => wire.cut());
  afterAll(() => wire.mend());

  it('/readyz says so, and /healthz that the process lives', async () => {
    await expect.poll(async () => (await send(scene.url, { path: '/readyz' })).status, { interval: 50, timeout: 20_000 }).toBe(503);
    expect((await send(scene.url, { path: '/healthz' })).status).toBe(200);
  });

  it('a token that is cached goes on, its limits and patterns with it', async () => {
    for (let time = 0; time < 20; time += 1)
      expect(await callWarm(`/products/${time}`)).toMatchObject({ headers: { 'x-ratelimit-limit': '1000' } });
    expect(await callWarm('/stores')).toMatchObject({ status: 403, body: { code: 'ENDPOINT_NOT_ALLOWED' } });
    for (const status of [200, 429, 429]) expect((await scene.call(tight.token)).status).toBe(status);
  });

  it('a token that is not cached gets 503 and Retry-After, never 401, whoever made it', async () => {
    for (const token of [cold.token, unknown, cold.token]) {
      const answer = await scene.call(token);
      expect(answer).toMatchObject({ status: 503, body: { code: 'TEMPORARILY_UNAVAILABLE', error: expect.any(String) } });
      expect(answer.headers).toMatchObject({ 'retry-after': expect.stringMatching(/^[1-9]\d*$/), 'cache-control': 'no-store' });
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1|postgres/i);
    }
  });

  it('what needs no database is said as ever', async () => {
    expect(await scene.call('malformed')).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } });
    expect(await send(scene.url)).toMatchObject({ status: 401, body: { code: 'MISSING_API_KEY' } });
  });

  it('management says 503 as well', async () => {
    const answer = await send(scene.url, { path: '/api/api-tokens', headers: bearer(scene.admin.jwt) });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
  });

  it('what waits on the disk holds no secret', async () => {
    const files = (await readdir(scene.dataDirectory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')));
    const waiting = texts.filter((text) => text.includes('/products/19'));
    expect(waiting.length).toBeGreaterThan(0);
    for (const secret of [...scene.secrets, unknown]) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  });

  it('and what is changed meanwhile, behind the server’s back', async () => {
    await querySql(database.url, 'update api_tokens set revoked_at = now() where id = $1', [revokedMeanwhile.id]);
    expect((await scene.call(revokedMeanwhile.token)).status).toBe(200);
  });
});

describe('once it is back', () => {
  it('tokens are found again, without one 401 before', async () => {
    const statuses = new Set<number>();
    await expect
      .poll(
        async () => {
          const { status } = await scene.call(cold.token);
          statuses.add(status);
          return status;
        },
        { interval: 50, timeout: 60_000 },
      )
      .toBe(200);
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await expect.poll(async () => (await scene.call(unknown)).status, { interval: 50, timeout: 20_000 }).toBe(401);
  });

  it('what was changed meanwhile holds', async () => {
    await expect
      .poll(async () => (await scene.call(revokedMeanwhile.token)).body?.code, { interval: 50, timeout: 60_000 })
      .toBe('KEY_REVOKED');
  });

  it('every request of that time is in the log once, and in the counters', async () => {
    await callWarm('/products/last');
    await expect
      .poll(async () => (await loggedOf(warm)).some(({ path: logged }) => logged === '/products/last'), { interval: 50, timeout: 60_000 })
      .toBe(true);
    const logged = await loggedOf(warm);
    expect(logged).toHaveLength(answered);
    expect(new Set(logged.map((row) => row.path)).size).toBe(answered);
    expect(logged.filter(({ status_code }) => status_code === 403)).toHaveLength(1);
    const { token } = (await scene.rest('GET', `/api/api-tokens/${warm.id}`)).body as { token: Record<string, unknown> };
    expect(token).toMatchObject({ total_requests: answered, requests_24h: answered });
    expect((await loggedOf(tight)).map(({ status_code }) => status_code)).toEqual([200, 200, 429, 429]);
  });

  it('/readyz says so', async () => {
    await expect.poll(async () => (await send(scene.url, { path: '/readyz' })).status, { interval: 50, timeout: 20_000 }).toBe(200);
  });
});
