// Contract §4 as a client of the public API sees it, over the real server.
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, bearer, send, sendBytes } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, type Json, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: Scene;
beforeAll(async () => {
  scene = await openSceneWithDatabase();
});
afterAll(() => scene?.close());

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Has the shape and the checksum of a token, and was never issued. */
const UNKNOWN = createTokenText('lk_live_');
const MALFORMED = 'not-a-token';

/** A token with everything about it that `changes` name, made in two steps where creation would refuse it. */
async function tokenWith(changes: Json = {}, later: Json = {}): Promise<CreatedToken> {
  const token = await scene.createToken({ name: 'of the public API', ...changes });
  if (Object.keys(later).length > 0) await change(token, later);
  return token;
}

async function change({ id }: CreatedToken, changes: Json): Promise<void> {
  expect((await scene.rest('PUT', `/api/api-tokens/${id}`, changes)).status).toBe(200);
}

function expectDenial(answer: Answer, status: number, code: string, error: string): void {
  expect(answer.body).toMatchObject({ error, code, message: expect.any(String), request_id: answer.headers['x-request-id'] });
  expect(answer.status).toBe(status);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
}

function expectLimit(answer: Answer, limit: number, remaining: number): void {
  expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': `${limit}`, 'x-ratelimit-remaining': `${remaining}` });
  expect(answer.headers['x-ratelimit-reset']).toMatch(INSTANT);
  expect(answer.headers['ratelimit-policy']).toContain(`q=${limit}`);
  expect(answer.headers.ratelimit).toContain(`r=${remaining}`);
}

const hasLimit = ({ headers }: Answer) => Object.keys(headers).some((name) => name.includes('ratelimit'));

describe('where the token is read', () => {
  it.each(['Bearer ', 'bearer ', 'BEARER ', 'bEaReR     '])('Authorization with the scheme "%s"', async (scheme) => {
    const { token } = await tokenWith();
    const answer = await send(scene.url, { path: '/api/products', headers: ['Authorization', scheme + token] });
    expect(answer.status).toBe(200);
  });

  it('X-API-Key, also beside another scheme and beside an empty Bearer', async () => {
    const { token } = await tokenWith();
    for (const beside of [[], ['Authorization', 'Basic dTpw'], ['Authorization', 'Bearer'], ['Authorization', 'Bearer   ']]) {
      const answer = await send(scene.url, { path: '/api/products', headers: [...beside, 'x-api-KEY', token] });
      expect(answer.status, beside.join()).toBe(200);
    }
  });

  it('the first one present is the only candidate: a good X-API-Key does not rescue a bad Bearer', async () => {
    const { token } = await tokenWith();
    for (const bad of [MALFORMED, UNKNOWN]) {
      expectDenial(await scene.call(bad, '/products', { headers: ['X-API-Key', token] }), 401, 'INVALID_API_KEY', 'Invalid token');
    }
  });

  it('nowhere else: not in the query, not in a cookie, not in a body', async () => {
    const { token } = await tokenWith();
    const search = ['api_key', 'token', 'access_token', 'key'].map((name) => `${name}=${token}`).join('&');
    const answer = await send(scene.url, {
      method: 'POST',
      path: `/api/echo?${search}`,
      headers: ['Cookie', `token=${token}`],
      body: JSON.stringify({ token }),
    });
    expectDenial(answer, 401, 'MISSING_API_KEY', 'Authentication required');
  });

  it('two Authorization lines are 400, whatever is in them', async () => {
    const { token } = await tokenWith();
    for (const lines of [
      [...bearer(token), ...bearer(token)],
      [...bearer(token), 'Authorization', 'Basic dTpw'],
    ]) {
      const answer = await send(scene.url, { headers: lines });
      expect(answer).toMatchObject({ status: 400, body: { error: expect.any(String), code: expect.any(String) } });
    }
  });
});

describe('401 and its challenge', () => {
  it.each([[[]], [['Authorization', 'Bearer']], [['Authorization', 'Bearer    ']], [['Authorization', 'Basic dTpw']], [['X-API-Key', '']]])(
    'no token: MISSING_API_KEY, and a challenge without an error (%j)',
    async (headers) => {
      const answer = await send(scene.url, { headers });
      expectDenial(answer, 401, 'MISSING_API_KEY', 'Authentication required');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="[^"]+"$/);
      expect(hasLimit(answer)).toBe(false);
    },
  );

  it.each([MALFORMED, UNKNOWN, 'x'.repeat(5_000), `${UNKNOWN.slice(0, -6)}000000`, '..', 'lk_live_', "' or 1=1 --"])(
    'malformed or unknown: INVALID_API_KEY, without limit headers (%s)',
    async (text) => {
      const answer = await scene.call(text);
      expectDenial(answer, 401, 'INVALID_API_KEY', 'Invalid token');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="[^"]+", .*error="invalid_token"/);
      expect(hasLimit(answer)).toBe(false);
    },
  );

  it('a token that differs in one character from a good one', async () => {
    const { token } = await tokenWith();
    const last = token.at(-1) === '0' ? '1' : '0';
    expect((await scene.call(token)).status).toBe(200);
    expectDenial(await scene.call(token.slice(0, -1) + last), 401, 'INVALID_API_KEY', 'Invalid token');
    expectDenial(await scene.call(`${token}0`), 401, 'INVALID_API_KEY', 'Invalid token');
    expectDenial(await scene.call(token.toUpperCase()), 401, 'INVALID_API_KEY', 'Invalid token');
  });

  it.each<[string, string, Json]>([
    ['KEY_DISABLED', 'Token is inactive', { active: false }],
    ['KEY_EXPIRED', 'Token has expired', { expires_at: '2020-01-01' }],
  ])('%s, with the limit of an identified token (S4-027, S4-028, S4-054)', async (code, error, changes) => {
    const { token } = await tokenWith({ rate_limit: 7 }, changes);
    for (const _again of [1, 2, 3]) {
      const answer = await scene.call(token);
      expectDenial(answer, 401, code, error);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
      expectLimit(answer, 7, 7);
    }
  });

  it('KEY_REVOKED, for good', async () => {
    const token = await tokenWith();
    expect((await scene.call(token.token)).status).toBe(200);
    await scene.rest('POST', `/api/api-tokens/${token.id}/revoke`);
    const answer = await scene.call(token.token);
    expectDenial(answer, 401, 'KEY_REVOKED', 'Token has been revoked');
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    expectLimit(answer, 100, 99);
    await scene.rest('PUT', `/api/api-tokens/${token.id}`, { active: true });
    expectDenial(await scene.call(token.token), 401, 'KEY_REVOKED', 'Token has been revoked');
  });

  it('a deleted token is unknown', async () => {
    const token = await tokenWith();
    expect((await scene.call(token.token)).status).toBe(200);
    await scene.rest('DELETE', `/api/api-tokens/${token.id}`);
    expectDenial(await scene.call(token.token), 401, 'INVALID_API_KEY', 'Invalid token');
  });

  it('disabling is undone by enabling, with the same secret (S4-067, S4-114)', async () => {
    const token = await tokenWith();
    for (const [active, status] of [
      [false, 401],
      [true, 200],
      [false, 401],
    ] as const) {
      await change(token, { active });
      expect((await scene.call(token.token)).status).toBe(status);
    }
  });

  it('a token works until the instant it expires, and not from then on', async () => {
    const expiresAt = new Date(Date.now() + 3_000);
    const { token } = await tokenWith({ expires_at: expiresAt.toISOString() });
    const early = await scene.call(token);
    if (Date.now() < expiresAt.getTime()) expect(early.status).toBe(200);
    await delay(expiresAt.getTime() - Date.now());
    expectDenial(await scene.call(token), 401, 'KEY_EXPIRED', 'Token has expired');
  });
});

describe('the first check that fails decides (S4-033)', () => {
  it('revoked → disabled → expired → endpoint → rate', async () => {
    const token = await tokenWith({ rate_limit: 1, allowed_endpoints: ['/stores'] }, { active: false, expires_at: '2020-01-01' });
    expectDenial(await scene.call(token.token), 401, 'KEY_DISABLED', 'Token is inactive');
    await change(token, { active: true });
    expectDenial(await scene.call(token.token), 401, 'KEY_EXPIRED', 'Token has expired');
    await change(token, { expires_at: null });
    expectDenial(await scene.call(token.token), 403, 'ENDPOINT_NOT_ALLOWED', 'Endpoint not allowed');
    await change(token, { allowed_endpoints: ['/products'] });
    expect((await scene.call(token.token)).status).toBe(200);
    expectDenial(await scene.call(token.token), 429, 'RATE_LIMITED', 'Rate limit exceeded');
    expectDenial(await scene.call(token.token, '/stores'), 403, 'ENDPOINT_NOT_ALLOWED', 'Endpoint not allowed');
    await change(token, { active: false, expires_at: '2020-01-01' });
    expectDenial(await scene.call(token.token, '/stores'), 401, 'KEY_DISABLED', 'Token is inactive');
    await scene.rest('POST', `/api/api-tokens/${token.id}/revoke`);
    expectDenial(await scene.call(token.token), 401, 'KEY_REVOKED', 'Token has been revoked');
  });

  it('a failed check consumes no rate', async () => {
    const token = await tokenWith({ rate_limit: 2, allowed_endpoints: ['/products'] });
    for (const _again of [1, 2, 3, 4]) expectLimit(await scene.call(token.token, '/stores'), 2, 2);
    await change(token, { active: false });
    for (const _again of [1, 2, 3]) expectLimit(await scene.call(token.token), 2, 2);
    await change(token, { active: true });
    expectLimit(await scene.call(token.token), 2, 1);
    expectLimit(await scene.call(token.token, '/stores'), 2, 1);
    expectLimit(await scene.call(token.token), 2, 0);
    expectDenial(await scene.call(token.token), 429, 'RATE_LIMITED', 'Rate limit exceeded');
  });
});

describe('403: endpoint patterns', () => {
  it.each<[string[], [path: string, allowed: boolean][]]>([
    [
      ['/products*'],
      [
        ['/products', true],
        ['/products/123', true],
        ['/products/meta/brands', true],
        ['/products?store_id=1', true],
        ['/productsandmore', true],
        ['/admin/products', false],
        ['/Products', false],
        ['/product', false],
      ],
    ],
    [
      ['/stores/*/brands'],
      [
        ['/stores/1/brands', true],
        ['/stores/2/brands?x=/y', true],
        ['/stores/1/brands/9', false],
        ['/stores/1/2/brands', false],
        ['/stores/brands', false],
        ['/stores/1/brands/', false],
        ['/x/stores/1/brands', false],
      ],
    ],
    [
      ['/products', '/brands/*'],
      [
        ['/products', true],
        ['/products/', false],
        ['/products/1', false],
        ['/brands/', true],
        ['/brands/1/2', true],
        ['/brands', false],
        ['/stores', false],
      ],
    ],
    [
      ['/a.c', '/x+(y)'],
      [
        ['/a.c', true],
        ['/abc', false],
        ['/x+(y)', true],
        ['/xx(y)', false],
      ],
    ],
    [['*'], [['/anything/at/all', true]]],
    [[], [['/anything', true]]],
  ])('%j (S4-046 … S4-052)', async (patterns, cases) => {
    const { token } = await tokenWith({ allowed_endpoints: patterns });
    for (const [path, allowed] of cases) {
      const answer = await scene.call(token, path);
      if (allowed) expect(answer.status, path).not.toBe(403);
      else expectDenial(answer, 403, 'ENDPOINT_NOT_ALLOWED', 'Endpoint not allowed');
      expect(answer.headers, path).toHaveProperty('x-ratelimit-limit');
      expect(answer.headers, path).not.toHaveProperty('www-authenticate');
    }
  });

  it('a pattern may be preceded by methods', async () => {
    const { token } = await tokenWith({ allowed_endpoints: ['GET,HEAD /echo*', 'POST /echo'] });
    for (const [method, path, allowed] of [
      ['GET', '/echo', true],
      ['HEAD', '/echo/1', true],
      ['POST', '/echo', true],
      ['POST', '/echo/1', false],
      ['DELETE', '/echo', false],
    ] as const) {
      const { status } = await scene.call(token, path, { method });
      expect(status === 403, `${method} ${path}`).toBe(!allowed);
    }
  });

  it('a changed list holds from the next request; null and [] allow everything (S4-049)', async () => {
    const token = await tokenWith({ allowed_endpoints: ['/stores'] });
    for (const [patterns, status] of [
      [['/products'], 200],
      [['/stores'], 403],
      [null, 200],
      [['/stores'], 403],
      [[], 200],
    ] as const) {
      await change(token, { allowed_endpoints: patterns });
      expect((await scene.call(token.token)).status, `${patterns}`).toBe(status);
    }
  });
});

describe('400: what is judged is what the upstream gets', () => {
  it.each([
    '/../products',
    '/products/../stores',
    '/products/./1',
    '/products/%2e%2e/stores',
    '/products/.%2E/stores',
    '/products%2F1',
    '/products%2f..%2fstores',
    '/products\\1',
    '/products%5c1',
    '/products%00',
    '/products//1',
    '//products',
    '/products/%',
    '/products/%4',
    '/products/%zz',
    '/products/%ff',
  ])('%s is refused, never normalised', async (path) => {
    const { token } = await tokenWith({ allowed_endpoints: ['/products*'] });
    const answer = await scene.call(token, path);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: expect.any(String), code: expect.any(String), request_id: expect.any(String) });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('an accepted path reaches the upstream byte for byte, its query with it', async () => {
    const { token } = await tokenWith();
    for (const target of ['/echo?a=%2F..%2f&b=//&c=%', '/echo?', '/echo?x=%zz']) {
      expect((await scene.call(token, target)).body).toMatchObject({ url: target });
    }
  });

  it('a raw NUL or line break never gets through', async () => {
    const { token } = await tokenWith();
    for (const raw of ['/api/products\0', '/api/products\x0b']) {
      const text = await sendBytes(
        scene.url,
        `GET ${raw} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});

describe('bodies', () => {
  it('are problem details where the client asks for them', async () => {
    const { token } = await tokenWith({ rate_limit: 1 });
    await scene.call(token);
    const answer = await scene.call(token, '/products', { headers: ['Accept', 'application/problem+json'] });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: expect.any(String), title: 'Rate limit exceeded', status: 429, detail: expect.any(String) });
    expect(answer.body).toMatchObject({ error: 'Rate limit exceeded', code: 'RATE_LIMITED', limit: 1, current: 2 });
  });

  it('have no stack trace, and nothing of the token', async () => {
    const { token } = await tokenWith({}, { active: false });
    for (const answer of [await scene.call(token), await scene.call(UNKNOWN), await scene.call(MALFORMED), await send(scene.url)]) {
      expect(answer.text).not.toMatch(/node_modules|\.ts:\d/);
      expect(answer.text + JSON.stringify(answer.rawHeaders)).not.toMatch(new RegExp(`${token}|${UNKNOWN}|${MALFORMED}`));
    }
  });

  it('HEAD has the headers of GET and no body', async () => {
    const { token } = await tokenWith({ rate_limit: 1 });
    expect(await scene.call(token, '/products', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const refused = await scene.call(token, '/products', { method: 'HEAD' });
    expect(refused).toMatchObject({ status: 429, text: '' });
    expect(refused.headers).toHaveProperty('retry-after');
  });
});

describe('429: the rate limit', () => {
  it('counts down, then says limit, current and when to come back (S4-037 … S4-045)', async () => {
    const { token } = await tokenWith({ rate_limit: 3 });
    const before = Date.now();
    const passed = [await scene.call(token), await scene.call(token, '/missing'), await scene.call(token, '/stores')];
    expect(passed.map(({ status }) => status)).toEqual([200, 404, 200]);
    for (const [index, answer] of passed.entries()) expectLimit(answer, 3, 2 - index);
    const refused = await scene.call(token);
    expectDenial(refused, 429, 'RATE_LIMITED', 'Rate limit exceeded');
    expectLimit(refused, 3, 0);
    expect(refused.body).toMatchObject({ limit: 3, current: 4 });
    const retryAfter = Number(refused.body?.retry_after);
    expect(Number.isInteger(retryAfter)).toBe(true);
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(refused.headers['retry-after']).toBe(`${retryAfter}`);
    const resets = new Set([...passed, refused].map(({ headers }) => headers['x-ratelimit-reset']));
    expect(resets.size).toBe(1);
    const reset = Date.parse([...resets][0] as string);
    expect(reset).toBeGreaterThanOrEqual(before + 60_000);
    expect(reset).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('lets exactly 10 of 40 parallel requests pass; refused ones neither extend nor consume', async () => {
    const { token } = await tokenWith({ rate_limit: 10 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => scene.call(token)));
    const refused = answers.filter(({ status }) => status === 429);
    const passed = answers.filter(({ status }) => status === 200);
    expect([passed.length, refused.length]).toEqual([10, 30]);
    expect(passed.map(({ headers }) => Number(headers['x-ratelimit-remaining'])).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(new Set(refused.map(({ body }) => body?.current))).toEqual(new Set([11]));
    expect(new Set(answers.map(({ headers }) => headers['x-ratelimit-reset'])).size).toBe(1);
  });

  it('a changed limit holds from the next request, up and down (S4-109)', async () => {
    const token = await tokenWith({ rate_limit: 2 });
    const expectStatuses = async (...statuses: number[]) => {
      for (const status of statuses) expect((await scene.call(token.token)).status).toBe(status);
    };
    await expectStatuses(200, 200, 429, 429);
    await change(token, { rate_limit: 4 });
    await expectStatuses(200, 200, 429);
    await change(token, { rate_limit: 1 });
    const refused = await scene.call(token.token);
    expectDenial(refused, 429, 'RATE_LIMITED', 'Rate limit exceeded');
    expectLimit(refused, 1, 0);
    await change(token, { rate_limit: 1_000_000_000 });
    await expectStatuses(200);
  });

  it('is of each token alone', async () => {
    const [one, other] = [await tokenWith({ rate_limit: 1 }), await tokenWith({ rate_limit: 1 })];
    expect((await scene.call(one.token)).status).toBe(200);
    expect((await scene.call(one.token)).status).toBe(429);
    expect((await scene.call(other.token)).status).toBe(200);
  });

  it('a fixed window opens again at X-RateLimit-Reset, and not before', async () => {
    const { token } = await tokenWith({ rate_limit: 1, rate_limit_window_ms: 2_000 });
    const first = await scene.call(token);
    const reset = Date.parse(`${first.headers['x-ratelimit-reset']}`);
    const refused = await scene.call(token);
    if (Date.now() < reset) {
      expect(refused.status).toBe(429);
      expect(refused.body?.retry_after).toBeLessThanOrEqual(2);
    }
    expect(first.headers['ratelimit-policy']).toContain('w=2');
    await delay(reset - Date.now());
    expect((await scene.call(token)).status).toBe(200);
  });

  it('a sliding window by choice', async () => {
    const { token } = await tokenWith({ rate_limit: 5, rate_limit_algorithm: 'sliding' });
    const answers = await Promise.all(Array.from({ length: 12 }, () => scene.call(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expectDenial(await scene.call(token), 429, 'RATE_LIMITED', 'Rate limit exceeded');
  });
});

describe('the public API behind it', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('takes %s, with its body', async (method) => {
    const { token } = await tokenWith();
    const answer = await scene.call(token, '/echo?a=1', { method, body: '{"a":1}', headers: ['Content-Type', 'application/json'] });
    expect(answer).toMatchObject({ status: 200, body: { method, url: '/echo?a=1', body: '{"a":1}' } });
    expectLimit(answer, 100, 99);
  });

  it('has its own statuses passed on, with the limit headers of the token', async () => {
    const { token } = await tokenWith();
    expect(await scene.call(token, '/products/999999')).toMatchObject({ status: 404, headers: { 'x-ratelimit-limit': '100' } });
    expect(await scene.call(token, '/products', { method: 'DELETE' })).toMatchObject({ status: 405 });
  });

  it('is not there without a token, whatever the method', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE']) {
      for (const path of ['/api/products', '/api', '/api/', '/api/nothing', '/api/api%2Dtokens', '/api/API-TOKENS']) {
        expect((await send(scene.url, { method, path })).status, `${method} ${path}`).toBe(401);
      }
    }
  });

  it('is decided about before a body that waits to be asked for', async () => {
    const head = 'POST /api/products HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n';
    const denied = await sendBytes(scene.url, `${head}Authorization: Bearer ${UNKNOWN}\r\n\r\n`);
    expect(denied).toMatch(/^HTTP\/1\.1 401 /);
    expect(denied).toMatch(/\r\nConnection: close\r\n/i);
    const { token } = await tokenWith();
    const asked = await sendBytes(scene.url, `${head}Connection: close\r\nAuthorization: Bearer ${token}\r\n\r\nfour`);
    expect(asked).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 \d{3} /);
  });

  it('a client that goes away in the middle of its body harms nobody', async () => {
    const { token } = await tokenWith();
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(scene.url).port) });
    socket.write(`POST /api/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\nhalf`, () =>
      socket.destroy(),
    );
    await expect.poll(async () => (await scene.call(token)).status).toBe(200);
  });
});
