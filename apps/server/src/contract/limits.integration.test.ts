// Several limits at once, quotas, addresses, and what rules ask and cost – over the real server, with a configuration file.
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Answer } from '@latchkey/bearer-auth/testing';
import { createTestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, type Json, makeDirectory, openScene, querySql, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const MODULE = new URL('../config/config-file.ts', import.meta.url).href;
const CONFIG = `
import { defineConfig } from '${MODULE}';
export default defineConfig({
  scopes: { read: 'Read', write: 'Write' },
  rules: [
    { endpoint: 'POST,PUT,DELETE *', scopes: ['write'] },
    { endpoint: '/stores*', permissions: { stores: ['read'] } },
    { endpoint: '/brands', cost: 5 },
  ],
  pools: { organization: [{ name: 'team', max: 3, windowMs: 3600000 }] },
});
`;
const ROOT = '/api/api-tokens';
const HOUR_MS = 3_600_000;

let scene: Scene;
let databaseUrl: string;
let close: () => Promise<void>;

beforeAll(async () => {
  const directory = await makeDirectory();
  const file = path.join(directory, 'latchkey.config.ts');
  const database = await createTestDatabase();
  databaseUrl = database.url;
  await writeFile(file, CONFIG);
  scene = await openScene({ databaseUrl, env: { LATCHKEY_CONFIG: file } });
  close = async () => {
    await scene.close();
    await database.drop();
    await rm(directory, { recursive: true });
  };
});
afterAll(() => close?.());

const create = (input: Json) => scene.createToken({ name: 'limited', ...input });
const tokenIn = (answer: Answer): Json => (answer.body as { token: Json }).token;
const read = async ({ id }: CreatedToken) => tokenIn(await scene.rest('GET', `${ROOT}/${id}`));
const change = ({ id }: CreatedToken, body: Json) => scene.rest('PUT', `${ROOT}/${id}`, body);
const statuses = async (token: CreatedToken, count: number): Promise<number[]> => {
  const answers = [];
  for (let request = 0; request < count; request++) answers.push((await scene.call(token.token)).status);
  return answers;
};
const codeOf = (answer: Answer) => `${answer.status} ${(answer.body as Json).code}`;

function faultOf(answer: Answer): { path: string; message: string } {
  expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
  const [fault] = (answer.body as { details: { path: string; message: string }[] }).details;
  if (fault === undefined) throw new Error('There are no details.');
  return fault;
}

describe('named limits', () => {
  const limits = [
    { name: 'burst', max: 2, window_ms: HOUR_MS, algorithm: 'fixed' },
    { name: 'month', max: 100_000, window_ms: 30 * 24 * HOUR_MS, algorithm: 'sliding' },
  ];

  it('are taken, answered, enforced together, and shown in every header', async () => {
    const token = await create({ limits });
    expect(token.limits).toEqual(limits);
    const first = await scene.call(token.token);
    expect(first.headers['ratelimit-policy']).toBe('"default";q=100;w=60, "burst";q=2;w=3600, "month";q=100000;w=2592000');
    expect(first.headers['x-ratelimit-limit']).toBe('2');
    expect((await scene.call(token.token)).status).toBe(200);
    const refused = await scene.call(token.token);
    expect(codeOf(refused)).toBe('429 RATE_LIMITED');
    expect(refused.body).toMatchObject({ limit: 2, current: 3 });
    const { body } = await scene.rest('GET', `${ROOT}/${token.id}/limits`);
    expect(body).toMatchObject({
      limit: 100,
      current: 2,
      windows: [
        { name: 'default', shared: false, limit: 100, current: 2, remaining: 98 },
        { name: 'burst', limit: 2, window_ms: HOUR_MS, current: 2, remaining: 0 },
        { name: 'month', limit: 100_000, algorithm: 'sliding', current: 2 },
      ],
      quota: null,
    });
  });

  it('change from the next request: absent is unchanged, null is cleared', async () => {
    const token = await create({ limits: [{ ...limits[0], max: 1 }] });
    expect(await statuses(token, 2)).toEqual([200, 429]);
    expect(tokenIn(await change(token, { description: 'x' })).limits).toHaveLength(1);
    expect(tokenIn(await change(token, { limits: null })).limits).toEqual([]);
    expect(await statuses(token, 1)).toEqual([200]);
  });

  it.each([
    [[{ name: 'default', max: 1, window_ms: 1_000 }], 'limits.0.name'],
    [[{ name: 'a b', max: 1, window_ms: 1_000 }], 'limits.0.name'],
    [[{ name: 'a', max: 0, window_ms: 1_000 }], 'limits.0.max'],
    [[{ name: 'a', max: 1, window_ms: 999 }], 'limits.0.window_ms'],
    [[{ name: 'a', max: 1, window_ms: 32 * 24 * HOUR_MS }], 'limits.0.window_ms'],
    [[{ name: 'a', max: 1, window_ms: 1_000, algorithm: 'leaky' }], 'limits.0.algorithm'],
    [['a', 'a'].map((name) => ({ name, max: 1, window_ms: 1_000 })), 'limits.1.name'],
    [Array.from({ length: 11 }, (_, index) => ({ name: `l${index}`, max: 1, window_ms: 1_000 })), 'limits'],
    ['many', 'limits'],
  ])('that can not be are refused, and nothing is made: %j', async (wrong, place) => {
    const fault = faultOf(await scene.rest('POST', ROOT, { name: 'never made', limits: wrong }));
    expect(fault.path).toBe(place);
    const found = await scene.rest('GET', `${ROOT}?q=never%20made`);
    expect(found.body).toMatchObject({ total: 0 });
  });
});

describe('a pool', () => {
  it('is drawn from by all tokens of one owner together', async () => {
    const owner = { owner_type: 'organization', owner_id: 'acme' };
    const [one, other] = [await create(owner), await create(owner)];
    expect([...(await statuses(one, 2)), ...(await statuses(other, 2))]).toEqual([200, 200, 200, 429]);
    expect(await statuses(await create({ ...owner, owner_id: 'other' }), 1)).toEqual([200]);
    const { body } = await scene.rest('GET', `${ROOT}/${one.id}/limits`);
    expect((body as { windows: Json[] }).windows[1]).toMatchObject({ name: 'pool:team', shared: true, current: 3, remaining: 0 });
  });
});

describe('a quota', () => {
  it('shows what is left after each request, and refuses when nothing is (G-22, S3-015, 048)', async () => {
    const token = await create({ remaining: 5 });
    expect(token).toMatchObject({ remaining: 5, refill_amount: null, refill_interval: null });
    expect(await statuses(token, 1)).toEqual([200]);
    expect(await read(token)).toMatchObject({ remaining: 4 });
    const listed = await scene.rest('GET', `${ROOT}?limit=200`);
    expect((listed.body as { tokens: Json[] }).tokens.find(({ id }) => id === token.id)).toMatchObject({ remaining: 4 });
    expect(await statuses(token, 5)).toEqual([200, 200, 200, 200, 429]);
    const refused = await scene.call(token.token);
    expect(codeOf(refused)).toBe('429 USAGE_EXCEEDED');
    expect(refused.headers['retry-after']).toBe('60');
    expect(refused.headers['x-ratelimit-remaining']).toBe('95');
    expect(await read(token)).toMatchObject({ remaining: 0 });
  });

  it('lets exactly one of 100 parallel requests pass where one is left', async () => {
    const token = await create({ remaining: 1, rate_limit: 1_000 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => scene.call(token.token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(99);
  });

  it('is shown truly while units are leased, and exact over many requests', async () => {
    const token = await create({ remaining: 1_000, rate_limit: 10_000 });
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 25 }, () => scene.call(token.token)));
    await expect.poll(async () => (await read(token)).remaining).toBe(750);
  });

  it('is refilled to its amount, which is where it begins, and shows when (S3-017, 018, 114)', async () => {
    const token = await create({ refill_amount: 2, refill_interval: HOUR_MS });
    expect(token).toMatchObject({ remaining: 2, refill_amount: 2, refill_interval: HOUR_MS });
    expect(await statuses(token, 3)).toEqual([200, 200, 429]);
    await querySql(
      databaseUrl,
      `update api_tokens set created_at = created_at - interval '5 hours', quota_epoch = quota_epoch + 1 where id = $1`,
      [token.id],
    );
    await expect.poll(async () => (await read(token)).remaining).toBe(2);
    await expect.poll(async () => (await scene.call(token.token)).status).toBe(200);
    expect(await statuses(token, 2)).toEqual([200, 429]);
    expect((await read(token)).last_refill_at).toMatch(/Z$/);
  });

  it('is set by an administrator from the next request; null is any number (S3-120)', async () => {
    const token = await create({ remaining: 0 });
    expect(await statuses(token, 1)).toEqual([429]);
    expect(tokenIn(await change(token, { remaining: 2 }))).toMatchObject({ remaining: 2 });
    expect(await statuses(token, 3)).toEqual([200, 200, 429]);
    expect(tokenIn(await change(token, { remaining: null }))).toMatchObject({ remaining: null });
    expect(await statuses(token, 3)).toEqual([200, 200, 200]);
  });

  it.each([
    [{ remaining: -1 }, 'remaining'],
    [{ remaining: 1.5 }, 'remaining'],
    [{ refill_amount: 5 }, 'refill_interval'],
    [{ refill_interval: HOUR_MS }, 'refill_amount'],
    [{ refill_amount: 0, refill_interval: HOUR_MS }, 'refill_amount'],
    [{ refill_amount: 5, refill_interval: 10 }, 'refill_interval'],
  ])('that can not be is refused: %j', async (wrong, place) => {
    expect(faultOf(await scene.rest('POST', ROOT, { name: 'never made', ...wrong })).path).toBe(place);
  });

  it('keeps a refill whole: a change may not leave half of it', async () => {
    const token = await create({ remaining: 5, refill_amount: 5, refill_interval: HOUR_MS });
    expect(faultOf(await change(token, { refill_amount: null })).path).toBe('refill_amount');
    expect(tokenIn(await change(token, { refill_amount: 9 }))).toMatchObject({ refill_amount: 9, refill_interval: HOUR_MS });
    expect(tokenIn(await change(token, { refill_amount: null, refill_interval: null }))).toMatchObject({
      refill_amount: null,
      remaining: 5,
    });
  });
});

describe('addresses', () => {
  it('let in who is in the list, in any form, and answer 403 to others without consuming anything', async () => {
    const token = await create({ allowed_ips: ['::ffff:127.0.0.1', '10.0.0.0/8'], remaining: 5 });
    expect(token.allowed_ips).toEqual(['127.0.0.1', '10.0.0.0/8']);
    expect(await statuses(token, 1)).toEqual([200]);
    await change(token, { allowed_ips: ['10.0.0.0/8', '2001:DB8::/32'] });
    const refused = await scene.call(token.token);
    expect(codeOf(refused)).toBe('403 IP_NOT_ALLOWED');
    expect(refused.headers['www-authenticate']).toBeUndefined();
    expect(refused.headers['x-ratelimit-remaining']).toBe('99');
    expect(await read(token)).toMatchObject({ allowed_ips: ['10.0.0.0/8', '2001:db8::/32'], remaining: 4 });
    await expect
      .poll(async () => (await scene.rest('GET', `${ROOT}/${token.id}/usage`)).body?.recent_requests)
      .toMatchObject([{ status_code: 403 }, { status_code: 200 }]);
    await change(token, { allowed_ips: null });
    expect(await statuses(token, 1)).toEqual([200]);
  });

  it.each([
    ['10.1.2.3/8', 'Write 10.0.0.0/8 for the network'],
    ['10.0.0.0/33', 'from 0 to 32'],
    ['example.com', 'such as'],
  ])('%s is refused, saying what to change', async (wrong, message) => {
    const fault = faultOf(await scene.rest('POST', ROOT, { name: 'never made', allowed_ips: ['10.0.0.1', wrong] }));
    expect(fault).toEqual({ path: 'allowed_ips.1', message: expect.stringContaining(message) });
  });
});

describe('rules of the configuration', () => {
  it('ask for scopes by method and pattern, and name the missing one (S1-29, S2-137)', async () => {
    const reader = await create({ scopes: ['read'] });
    expect(await statuses(reader, 1)).toEqual([200]);
    const refused = await scene.call(reader.token, '/products', { method: 'POST' });
    expect(codeOf(refused)).toBe('403 INSUFFICIENT_SCOPE');
    expect(refused.body).toMatchObject({ required: ['write'] });
    expect(refused.headers['www-authenticate']).toContain('scope="write"');
  });

  it('ask for permissions', async () => {
    const refused = await scene.call((await create({})).token, '/stores');
    expect(codeOf(refused)).toBe('403 INSUFFICIENT_SCOPE');
    expect(refused.body).toMatchObject({ required: ['stores:read'] });
    const holder = await create({ permissions: { stores: ['read', 'write'] } });
    expect((await scene.call(holder.token, '/stores')).status).toBe(200);
  });

  it('charge their cost to the rate limit and to the quota, and to the log', async () => {
    const token = await create({ remaining: 7 });
    const answers = [];
    for (const endpoint of ['/brands', '/brands', '/products']) answers.push(await scene.call(token.token, endpoint));
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 200]);
    expect(answers.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['95', '95', '94']);
    expect(await read(token)).toMatchObject({ remaining: 1 });
    const sql = 'select cost::int, outcome from api_token_usage where token_id = $1 order by at, id';
    await expect.poll(() => querySql(databaseUrl, sql, [token.id])).toHaveLength(3);
    expect((await querySql(databaseUrl, sql, [token.id])).map(({ cost }) => cost)).toEqual([5, 5, 1]);
  });
});
