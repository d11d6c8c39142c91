// `GET /api/_token`: a token asks about itself, with nothing but itself, over the real server.
import { bearer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, type Json, querySql } from './testing/open-scene.ts';
import { openRecordedScene, type RecordedScene } from './testing/recording-upstream.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: RecordedScene;
beforeAll(async () => {
  scene = await openRecordedScene();
});
afterAll(() => scene?.close());

const createToken = (settings: Json = {}): Promise<CreatedToken> => scene.createToken({ name: 'asks about itself', ...settings });

async function stateOf(token: CreatedToken): Promise<Json> {
  const answer = await scene.call(token.token, '/_token');
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  return answer.body as Json;
}

describe('200', () => {
  it('its rules, what is left of each limit, and its last 24 hours', async () => {
    const token = await createToken({
      scopes: ['read'],
      permissions: { files: ['read', 'camelCase'] },
      allowed_endpoints: ['GET /products*'],
      rate_limit: 50,
      limits: [{ name: 'daily', max: 1_000, window_ms: 86_400_000 }],
      remaining: 500,
      refill_amount: 500,
      refill_interval: 3_600_000,
      expires_at: '2099-12-31',
    });
    for (const path of ['/products', '/products/1', '/stores']) await scene.call(token.token, path);
    const seen = async () => ((await stateOf(token)).last_24h as Json).failed_requests;
    await expect.poll(seen, { timeout: 10_000 }).toBe(1);
    const state = await stateOf(token);
    expect(state).toMatchObject({
      ...{ id: token.id, name: 'asks about itself', status: 'active', scopes: ['read'], last4: token.token.slice(-4) },
      ...{ permissions: { files: ['read', 'camelCase'] }, allowed_endpoints: ['GET /products*'] },
      ...{ expires_at: '2099-12-31T00:00:00.000Z', created_at: token.created_at, secret_expires_at: null },
      quota: { remaining: 498, refill_amount: 500, refill_interval: 3_600_000, refill_at: expect.stringMatching(/Z$/) },
    });
    expect(state.limits).toMatchObject([
      { name: 'default', limit: 50, window_ms: 60_000, current: 2, remaining: 48, reset_at: expect.stringMatching(/Z$/) },
      { name: 'daily', limit: 1_000, current: 2, remaining: 998 },
    ]);
    const { by_hour: byHour, ...sums } = state.last_24h as { by_hour: Json[] };
    expect(byHour).toHaveLength(24);
    expect(sums).toMatchObject({ failed_requests: 1 });
    const total = (name: string) => byHour.reduce((sum, hour) => sum + Number(hour[name]), 0);
    expect({ requests: total('requests'), successful_requests: total('successful_requests') }).toEqual({
      requests: (sums as Json).requests,
      successful_requests: (sums as Json).successful_requests,
    });
    expect(JSON.stringify(state)).not.toContain(token.token);
  });

  it('takes nothing of its rate limit and nothing of its quota, and still answers when both are used up', async () => {
    const token = await createToken({ rate_limit: 2, remaining: 2 });
    for (let n = 0; n < 5; n++) expect((await stateOf(token)).limits).toMatchObject([{ current: 0, remaining: 2 }]);
    for (let n = 0; n < 2; n++) expect((await scene.call(token.token)).status).toBe(200);
    expect((await scene.call(token.token)).status).toBe(429);
    const answer = await scene.call(token.token, '/_token');
    expect(answer).toMatchObject({ status: 200, body: { limits: [{ current: 2, remaining: 0 }], quota: { remaining: 0 } } });
    expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '0' });
    expect(Date.parse(String(answer.headers['x-ratelimit-reset']))).toBeGreaterThan(Date.now());
  });

  it('is on record, at no cost, and does not reach the upstream', async () => {
    const token = await createToken();
    scene.upstream.received.length = 0;
    await stateOf(token);
    expect(scene.upstream.received).toEqual([]);
    const rows = () =>
      querySql(scene.databaseUrl, 'select endpoint, status_code, cost from api_token_usage where token_id = $1', [token.id]);
    await expect.poll(rows, { timeout: 10_000 }).toEqual([{ endpoint: '/_token', status_code: 200, cost: 0 }]);
  });

  it('HEAD has no body, and other methods are told so', async () => {
    const token = await createToken();
    expect(await scene.call(token.token, '/_token', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const answer = await scene.call(token.token, '/_token', { method: 'DELETE' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('a secret that is being rotated out is told when it ends', async () => {
    const token = await createToken();
    const rotated = await scene.rest('POST', `/api/api-tokens/${token.id}/rotate`, { overlap_seconds: 60 });
    expect(rotated.status).toBe(200);
    const end = Date.parse(String((await stateOf(token)).secret_expires_at));
    expect(end).toBeGreaterThan(Date.now());
    expect(end).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('what stands beside it is the upstream’s', async () => {
    const token = await createToken();
    scene.upstream.received.length = 0;
    for (const beside of ['/_token/', '/_tokens', '/_token/1', '/v1/_token'])
      expect((await scene.call(token.token, beside)).status).toBe(200);
    expect(scene.upstream.received.map(({ url }) => url)).toEqual(['/_token/', '/_tokens', '/_token/1', '/v1/_token']);
  });
});

describe('refused like any request', () => {
  it('401 and 403 for what the token itself is', async () => {
    const revoked = await createToken();
    await scene.rest('POST', `/api/api-tokens/${revoked.id}/revoke`);
    const disabled = await createToken();
    await scene.rest('PUT', `/api/api-tokens/${disabled.id}`, { active: false });
    const bound = await createToken({ allowed_ips: ['192.0.2.0/24'] });
    const seen = async (text: string) => {
      const answer = await scene.call(text, '/_token');
      return [answer.status, answer.body?.code, answer.headers['www-authenticate'] !== undefined];
    };
    expect(await seen(revoked.token)).toEqual([401, 'KEY_REVOKED', true]);
    expect(await seen(disabled.token)).toEqual([401, 'KEY_DISABLED', true]);
    expect(await seen(createTokenText('lk_live_'))).toEqual([401, 'INVALID_API_KEY', true]);
    expect(await seen(scene.admin.jwt)).toEqual([401, 'INVALID_API_KEY', true]);
    expect(await seen(bound.token)).toEqual([403, 'IP_NOT_ALLOWED', false]);
  });

  it('401 without a token, 400 with two, and never by a query or a cookie', async () => {
    const { token } = await createToken();
    const ask = (search: string, headers: string[]) => send(scene.url, { path: `/api/_token${search}`, headers });
    expect((await ask('', [])).status).toBe(401);
    expect((await ask(`?token=${token}&access_token=${token}`, ['Cookie', scene.admin.cookie])).status).toBe(401);
    expect((await ask('', [...bearer(token), ...bearer(token)])).status).toBe(400);
    expect((await ask('?anything=1', ['X-API-Key', token])).status).toBe(200);
  });
});
