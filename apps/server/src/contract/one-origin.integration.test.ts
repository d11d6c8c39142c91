// Contract §2: which path takes which credential, over the real server.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Answer, bearer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN } from '../testing/latchkey-process.ts';
import { type CreatedToken, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const CONSOLE = path.resolve(import.meta.dirname, '../../../console/dist/index.html');

let scene: Scene;
let token: CreatedToken;
beforeAll(async () => {
  scene = await openSceneWithDatabase();
  token = await scene.createToken({ name: 'of another kind', rate_limit: 1_000 });
});
afterAll(() => scene?.close());

const get = (target: string, headers: readonly string[] = [], method = 'GET', body?: string): Promise<Answer> =>
  send(scene.url, { method, path: target, headers, ...(body !== undefined && { body }) });
const cookie = () => ['Cookie', scene.admin.cookie];

/** Management paths and what a caller with the right credential gets there. */
const MANAGEMENT = ['/api/api-tokens', '/api/api-tokens/stats/overview', '/trpc/admin.me', '/trpc/token.list?input=%7B%7D'];

describe('management', () => {
  it.each(MANAGEMENT)('%s takes an admin JWT, or the session cookie', async (target) => {
    expect((await get(target, bearer(scene.admin.jwt))).status).toBe(200);
    expect((await get(target, cookie())).status).toBe(200);
  });

  it.each(MANAGEMENT)('%s refuses everybody else with 401 (S4-010, S4-090)', async (target) => {
    for (const headers of [
      [],
      bearer(token.token),
      bearer(createTokenText('lk_live_')),
      bearer('x'),
      bearer('a.b.c'),
      ['X-API-Key', token.token],
    ]) {
      const answer = await get(target, headers);
      expect(answer.status, headers.join(' ')).toBe(401);
      expect(answer.headers).toHaveProperty('x-request-id');
      expect(answer.text).not.toContain('"tokens"');
    }
  });

  it.each(MANAGEMENT)('%s: an API token, or a JWT that fails, is never retried as a session', async (target) => {
    const altered = `${scene.admin.jwt.slice(0, -6)}AAAAAA`;
    for (const text of [token.token, 'x', 'a.b.c', altered]) {
      expect((await get(target, [...bearer(text), ...cookie()])).status, text).toBe(401);
    }
  });

  it('an API token changes nothing (S4-139)', async () => {
    for (const [method, target, body] of [
      ['POST', '/api/api-tokens', '{"name":"by token"}'],
      ['PUT', `/api/api-tokens/${token.id}`, '{"rate_limit":999}'],
      ['DELETE', `/api/api-tokens/${token.id}`, undefined],
      ['POST', `/api/api-tokens/${token.id}/revoke`, undefined],
      ['POST', '/trpc/token.create', '{"name":"by token"}'],
    ] as const) {
      const headers = [...bearer(token.token), 'Content-Type', 'application/json'];
      expect((await get(target, headers, method, body)).status, target).toBe(401);
    }
    const { body } = await scene.rest('GET', '/api/api-tokens');
    expect(body).toMatchObject({ total: 1, tokens: [{ id: token.id, rate_limit: 1_000, status: 'active' }] });
  });

  it('is described at /openapi.json', async () => {
    const { status, body } = await get('/openapi.json');
    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), paths: { '/api/api-tokens': expect.any(Object) } });
  });
});

describe('the public API', () => {
  it('takes an API token', async () => {
    expect((await get('/api/products', bearer(token.token))).status).toBe(200);
  });

  it('takes no JWT and no session, and retries neither as the other (S4-141)', async () => {
    const jwt = await get('/api/products', [...bearer(scene.admin.jwt), ...cookie(), 'X-API-Key', token.token]);
    expect(jwt).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } });
    expect(await get('/api/products', cookie())).toMatchObject({ status: 401, body: { code: 'MISSING_API_KEY' } });
  });

  it('is every /api/* that is not management, by its raw text: a disguise opens nothing', async () => {
    for (const target of ['/api/authx', '/api/api-tokensx', '/api/api-token', '/api/%61pi-tokens', '/api/Auth/session', '/api', '/api/']) {
      expect(await get(target), target).toMatchObject({ status: 401, body: { code: 'MISSING_API_KEY' } });
      const { status, text } = await get(target, bearer(token.token));
      expect([200, 404], target).toContain(status);
      expect(text, target).not.toContain('"tokens"');
    }
    for (const target of [
      '/api/x/../api-tokens',
      '/api//api-tokens',
      '/api/./api-tokens',
      '//api/api-tokens',
      '/api/x%2f..%2fapi-tokens',
    ]) {
      const { status, text } = await get(target, bearer(token.token));
      expect([400, 404], target).toContain(status);
      expect(text, target).not.toContain('"tokens"');
    }
  });
});

describe('sign-in', () => {
  it('answers a session for the right password only', async () => {
    const post = (body: object) => get('/api/auth/sign-in/email', ['Content-Type', 'application/json'], 'POST', JSON.stringify(body));
    const right = await post(ADMIN);
    expect(right.status).toBe(200);
    expect(right.headers['set-cookie']?.join()).toMatch(/HttpOnly/i);
    expect(right.text).not.toContain(ADMIN.password);
    const wrong = await post({ ...ADMIN, password: 'not the password at all' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers).not.toHaveProperty('set-cookie');
    expect((await post({ email: 'nobody@example.com', password: ADMIN.password })).status).toBe(401);
  });

  it('a session gets a JWT, which /api/auth/jwks verifies', async () => {
    const { status, body } = await get('/api/auth/token', cookie());
    expect([status, Object.keys(body ?? {})]).toEqual([200, ['token']]);
    const keys = createRemoteJWKSet(new URL('/api/auth/jwks', scene.url));
    const { payload } = await jwtVerify(`${body?.token}`, keys);
    expect(payload.exp).toBeGreaterThan(Date.now() / 1_000);
    expect((await get('/api/auth/token')).status).toBe(401);
    expect((await get('/api/auth/token', bearer(token.token))).status).toBe(401);
  });
});

describe('for operators', () => {
  it.each(['/healthz', '/readyz', '/metrics'])('%s needs no credential on this machine', async (target) => {
    expect((await get(target)).status).toBe(200);
    expect((await get(target, bearer('whatever'))).status).toBe(200);
  });
});

describe('what is not there', () => {
  it.each(['/trpc/no.such', '/trpc', '/api/auth/no-such', '/assets/none.js', '/favicon.none', '/api/api-tokens/1/none', '/openapi.yaml'])(
    '%s is 404, as JSON and not as a page',
    async (target) => {
      const answer = await get(target, bearer(scene.admin.jwt));
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain('<html');
    },
  );

  it('a page is not written to', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect([404, 405]).toContain((await get('/api-tokens', [], method)).status);
  });
});

describe.skipIf(!existsSync(CONSOLE))('the console', () => {
  it.each(['/', '/api-tokens', '/api-tokens/7', '/api-tokens/7/anything?tab=usage', '/some/other/screen'])(
    '%s is its one page, without a credential (S4-124)',
    async (target) => {
      const answer = await get(target);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
      expect(answer.text).toContain('<div id="root"');
      expect(answer.headers['content-security-policy']).toMatch(/script-src 'self'(;|$)/);
    },
  );
});
