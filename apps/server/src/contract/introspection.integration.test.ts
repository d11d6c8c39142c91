// What `/introspect` and `/revoke` say and do, beside what the public API of the same server does with the same token.
import { bearer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  scene = await openSceneWithDatabase({ LATCHKEY_LOG_LEVEL: 'trace' });
});
afterAll(() => scene?.close());

function present(path: '/introspect' | '/revoke', token: string) {
  const headers = [...bearer(scene.admin.jwt), 'Content-Type', 'application/x-www-form-urlencoded'];
  return send(scene.url, { method: 'POST', path, headers, body: new URLSearchParams({ token }).toString() });
}

describe('a token that is introspected', () => {
  it('has spent nothing and is on no record for it', async () => {
    const token = await scene.createToken({ name: 'looked at', rate_limit: 1, remaining: 1 });
    for (let n = 0; n < 10; n++) expect((await present('/introspect', token.token)).body).toMatchObject({ active: true });
    expect((await scene.call(token.token)).status).toBe(200);
    expect((await scene.call(token.token)).status).toBe(429);
    const seen = async () => (await scene.rest('GET', `/api/api-tokens/${token.id}`)).body;
    await expect.poll(seen, { timeout: 10_000 }).toMatchObject({ token: { total_requests: 2 } });
  });

  it('is active exactly as long as the public API takes it', async () => {
    const token = await scene.createToken({ name: 'switched' });
    const seen = async () => [(await present('/introspect', token.token)).body?.active, (await scene.call(token.token)).status];
    expect(await seen()).toEqual([true, 200]);
    await scene.rest('PUT', `/api/api-tokens/${token.id}`, { active: false });
    expect(await seen()).toEqual([false, 401]);
    await scene.rest('PUT', `/api/api-tokens/${token.id}`, { active: true });
    expect(await seen()).toEqual([true, 200]);
  });
});

describe('a token that is revoked by its text', () => {
  it('is refused from the next request on', async () => {
    const token = await scene.createToken({ name: 'revoked' });
    expect((await scene.call(token.token)).status).toBe(200);
    expect(await present('/revoke', token.token)).toMatchObject({ status: 200, text: '' });
    expect(await scene.call(token.token)).toMatchObject({ status: 401, body: { code: 'KEY_REVOKED' } });
    expect((await present('/introspect', token.token)).body).toEqual({ active: false });
  });
});

describe('a text that is presented', () => {
  it('is in nothing that the server says, at any level', async () => {
    const canaries = [createTokenText('lk_live_'), 'canary of another system'];
    for (const canary of canaries) {
      expect((await present('/introspect', canary)).status).toBe(200);
      expect((await present('/revoke', canary)).status).toBe(200);
    }
    for (const canary of canaries) expect(scene.output()).not.toContain(canary.slice(0, 20));
  });
});
