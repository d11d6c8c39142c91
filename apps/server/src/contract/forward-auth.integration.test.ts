// `/auth/verify` behind real proxies, with the configurations that docs/forward-auth.md shows: nginx and Caddy in front of an API of their own.
import { bearer, type SendOptions, send, sendBytes } from '@latchkey/bearer-auth/testing';
import { createTokenText, parseRequestPath } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasProxy, type ProxyName, startProxy, type TestProxy } from '../forward-auth/testing/start-proxy.ts';
import { type CreatedToken, type Json, openSceneWithDatabase, querySql, type Scene } from './testing/open-scene.ts';
import { type RecordingUpstream, startRecordingUpstream } from './testing/recording-upstream.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** Clients come from here, and proxies from 127.0.0.1, which alone is trusted. */
const CLIENT = '127.0.0.7';

let api: RecordingUpstream;
let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  api = await startRecordingUpstream();
  scene = await openSceneWithDatabase({ LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(async () => {
  await scene?.close();
  await api?.close();
});

const createToken = (settings: Json = {}): Promise<CreatedToken> => scene.createToken({ name: 'behind a proxy', ...settings });

async function logOf(token: CreatedToken, count: number): Promise<Json[]> {
  const range = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() };
  const read = async () => ((await scene.query('usage.requests', { tokenId: token.id, ...range })) as { requests: Json[] }).requests;
  await expect.poll(async () => (await read()).length, { timeout: 10_000 }).toBe(count);
  return read();
}

/** What an attacker tries in order to have one path judged and another one served. */
const TRICKS = [
  '/api/products/../stores',
  '/api/products/./../stores',
  '/api/products/%2e%2e/stores',
  '/api/products/%2E%2E%2fstores',
  '/api/products%2f..%2fstores',
  '/api/products/..%5cstores',
  '/api/products\\..\\stores',
  '/api/products/..;/stores',
  '/api//stores',
  '//api/stores',
  '/api/%73tores',
  '/api/stores',
  '/api/stores?/products',
  '/api/stores%3f/products',
  '/api/stores%23/products',
  '/api/stores%00/products',
  '/api/PRODUCTS',
  '/API/products',
  '/api%2fproducts',
  '/api/products%',
  '/%61pi/products',
] as const;

describe.each<ProxyName>(['nginx', 'caddy'])('behind %s', (name) => {
  describe.skipIf(!hasProxy(name))('which is installed', () => {
    let proxy: TestProxy;
    beforeAll(async () => {
      proxy = await startProxy(name, { latchkeyUrl: scene.url, apiUrl: api.url });
    });
    afterAll(() => proxy?.close());

    const call = (options: SendOptions) => {
      api.received.length = 0;
      return send(proxy.url, { localAddress: CLIENT, ...options });
    };

    it('an allowed request reaches the API as it was judged, with who calls, without the token, and counts once', async () => {
      const token = await createToken({ owner_type: 'client', owner_id: '7', scopes: ['read', 'write'], rate_limit: 10 });
      const answer = await call({ method: 'POST', path: '/api/products?full=1', headers: bearer(token.token), body: '{"name":"lamp"}' });
      expect(answer).toMatchObject({ status: 200, body: { url: '/api/products?full=1', body: '{"name":"lamp"}' } });
      expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9' });
      expect(answer.headers['x-ratelimit-reset']).toMatch(/^\d{4}-.*Z$/);
      expect(answer.headers.ratelimit).toMatch(/^"default";r=9/);
      expect(api.received).toHaveLength(1);
      const { method, headers } = api.received[0] ?? {};
      expect(method).toBe('POST');
      expect(headers).toMatchObject({
        'x-latchkey-token-id': String(token.id),
        'x-latchkey-owner': 'client:7',
        'x-latchkey-scopes': 'read write',
        'x-request-id': answer.headers['x-request-id'],
      });
      expect(JSON.stringify(headers)).not.toContain(token.token);
      expect(await logOf(token, 1)).toMatchObject([
        {
          ...{ method: 'POST', path: '/products', endpoint: '/products', ipAddress: CLIENT, outcome: 'VALID' },
          ...{ status: null, via: 'forward_auth', requestId: answer.headers['x-request-id'] },
        },
      ]);
      const { body } = await scene.rest('GET', `/api/api-tokens/${token.id}/usage`);
      expect(body).toMatchObject({
        hourly_usage: [{ requests: 1, successful_requests: 1, failed_requests: 0 }],
        recent_requests: [{ status_code: null }],
      });
    });

    it('a token without owner, scopes and limit says nothing of them, and nothing else', async () => {
      const token = await createToken();
      await querySql(scene.databaseUrl, 'update api_tokens set rate_limit_enabled = false where id = $1', [token.id]);
      const answer = await call({ headers: [...bearer(token.token), 'X-Latchkey-Owner', 'admin:1', 'X-Latchkey-Scopes', 'admin'] });
      expect(answer.status).toBe(200);
      const { headers = {} } = api.received[0] ?? {};
      expect([headers['x-latchkey-token-id'], headers['x-latchkey-owner'] ?? '', headers['x-latchkey-scopes'] ?? '']).toEqual([
        String(token.id),
        '',
        '',
      ]);
      expect(Object.keys(answer.headers).filter((field) => field.includes('ratelimit'))).toEqual([]);
    });

    it('401 comes with its challenge and its body', async () => {
      const answer = await call({ headers: bearer(createTokenText('lk_live_')) });
      expect(answer).toMatchObject({ status: 401, body: { error: 'Invalid token', code: 'INVALID_API_KEY' } });
      expect(answer.rawHeaders.filter((field) => field.toLowerCase() === 'www-authenticate')).toHaveLength(1);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="latchkey", error="invalid_token", error_description="Invalid token"');
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      const without = await call({});
      expect(without).toMatchObject({ status: 401, body: { code: 'MISSING_API_KEY' } });
      expect(without.headers['www-authenticate']).toBe('Bearer realm="latchkey"');
      expect(api.received).toEqual([]);
    });

    it('403 comes with its body', async () => {
      const token = await createToken({ allowed_endpoints: ['GET /products*'] });
      const answer = await call({ method: 'DELETE', path: '/api/products/1', headers: bearer(token.token) });
      expect(answer).toMatchObject({ status: 403, body: { code: 'ENDPOINT_NOT_ALLOWED' } });
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(api.received).toEqual([]);
      expect(await logOf(token, 1)).toMatchObject([{ status: 403, via: 'forward_auth', method: 'DELETE' }]);
    });

    it('429 comes as 429, with when to come back; exactly as many as allowed were counted', async () => {
      const token = await createToken({ rate_limit: 2 });
      const statuses: number[] = [];
      for (let n = 0; n < 3; n++) statuses.push((await call({ headers: bearer(token.token) })).status);
      expect(statuses).toEqual([200, 200, 429]);
      const answer = await call({ headers: bearer(token.token) });
      expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', limit: 2, current: 3 } });
      expect(answer.headers['retry-after']).toBe(String(answer.body?.retry_after));
      expect(answer.headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'content-type': 'application/json; charset=utf-8' });
      expect(api.received).toEqual([]);
      expect((await logOf(token, 4)).map(({ status }) => status)).toEqual([429, 429, null, null]);
    });

    it('problem details come as such', async () => {
      const answer = await call({ headers: ['Accept', 'application/problem+json'] });
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer).toMatchObject({ status: 401, body: { type: 'urn:latchkey:problem:missing-api-key' } });
    });

    it('what a client says about the request, its address or its identity is not heard', async () => {
      const token = await createToken({ allowed_endpoints: ['GET /products*'], owner_type: 'client', owner_id: '8' });
      const lies = [
        ...['X-Original-URI', '/api/products', 'X-Original-URL', 'http://x/api/products', 'X-Original-Method', 'GET'],
        ...['X-Forwarded-Uri', '/api/products', 'X-Forwarded-Method', 'GET', 'X-Forwarded-For', '192.0.2.1', 'Forwarded', 'for=192.0.2.1'],
        ...['X-Latchkey-Token-Id', '1', 'X-Latchkey-Owner', 'admin:1', 'X-Latchkey-Scopes', 'admin', 'X_Latchkey_Owner', 'admin:1'],
        ...['X-Latchkey_Owner', 'admin:1', 'X-Latchkey-Status', 'admin', 'X-Latchkey-Denial', 'admin'],
      ];
      const refused = await call({ path: '/api/stores', headers: [...bearer(token.token), ...lies] });
      expect(refused).toMatchObject({ status: 403, body: { code: 'ENDPOINT_NOT_ALLOWED' } });
      expect(await call({ headers: [...bearer(token.token), ...lies] })).toMatchObject({ status: 200, body: { url: '/api/products' } });
      const { headers } = api.received[0] ?? {};
      expect(headers).toMatchObject({ 'x-latchkey-token-id': String(token.id), 'x-latchkey-owner': 'client:8' });
      expect(headers?.['x-latchkey-scopes'] ?? '').toBe('');
      expect(JSON.stringify(headers)).not.toContain('admin');
      expect((await logOf(token, 2)).map(({ path, ipAddress }) => [path, ipAddress])).toEqual([
        ['/products', CLIENT],
        ['/stores', CLIENT],
      ]);
    });

    it('no trick with a path brings the API a request that was not allowed', async () => {
      const token = await createToken({ allowed_endpoints: ['/products*'], rate_limit: 10_000 });
      api.received.length = 0;
      for (const trick of TRICKS) {
        const head = `GET ${trick} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token.token}\r\n\r\n`;
        expect(await sendBytes(proxy.url, head), trick).toMatch(/^HTTP\/1\.1 (?:400|403|404) /);
      }
      expect(api.received).toEqual([]);
      const good = `GET /api/products/caf%C3%A9?q=../stores HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token.token}\r\n\r\n`;
      expect(await sendBytes(proxy.url, good)).toMatch(/^HTTP\/1\.1 200 /);
      expect(api.received.map(({ url }) => url)).toEqual(['/api/products/caf%C3%A9?q=../stores']);
      expect(parseRequestPath('/products/caf%C3%A9?q=../stores').ok).toBe(true);
    });

    it('a revocation holds for the next request', async () => {
      const token = await createToken();
      expect((await call({ headers: bearer(token.token) })).status).toBe(200);
      await scene.rest('POST', `/api/api-tokens/${token.id}/revoke`);
      expect(await call({ headers: bearer(token.token) })).toMatchObject({ status: 401, body: { code: 'KEY_REVOKED' } });
    });
  });

  describe.skipIf(!hasProxy(name))('while Latchkey is away', () => {
    it('nobody is let through, and nobody is told that a token is bad', async () => {
      const proxy = await startProxy(name, { latchkeyUrl: 'http://127.0.0.1:9', apiUrl: api.url });
      try {
        api.received.length = 0;
        const { status } = await send(proxy.url, { headers: bearer(createTokenText('lk_live_')) });
        expect(status).toBe(name === 'nginx' ? 503 : 502);
        expect(api.received).toEqual([]);
      } finally {
        await proxy.close();
      }
    });
  });
});

describe('asked by anybody else', () => {
  it('is refused, whatever is asked', async () => {
    const token = await createToken();
    const headers = ['X-Original-Method', 'GET', 'X-Original-URI', '/api/products', ...bearer(token.token)];
    const answer = await send(scene.url, { path: '/auth/verify', headers, localAddress: CLIENT });
    expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(answer.body?.message).toContain('LATCHKEY_TRUSTED_PROXIES');
    expect((await send(scene.url, { path: '/auth/verify', headers })).status).toBe(200);
  });
});
