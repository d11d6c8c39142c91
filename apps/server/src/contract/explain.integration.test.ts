import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, openSceneWithConfig, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  scene = await openSceneWithDatabase();
}, 60_000);
afterAll(() => scene.close());

interface Explained {
  readonly decision: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly decided_by: string | null;
  readonly charge: Json;
  readonly findings: readonly { check: string; result: string; rule: string | null; detail: string; needs: readonly Json[] }[];
  readonly recorded: Json | null;
  readonly counters: { windows: readonly Json[] } | null;
}

async function explain(body: Json, where: Scene = scene): Promise<Explained> {
  const answer = await where.rest('POST', '/api/api-tokens/explain', body);
  if (answer.status !== 200) throw new Error(`explain: ${answer.status} ${answer.text}`);
  return answer.body as unknown as Explained;
}

const finding = (explained: Explained, check: string) => explained.findings.find((one) => one.check === check);

describe('explain says what the guard answers', () => {
  it.each<[string, Json, string, string]>([
    ['a plain token', {}, 'GET', '/products'],
    ['a pattern that matches', { allowed_endpoints: ['/stores', 'GET /products*'] }, 'GET', '/products/1'],
    ['a pattern of another method', { allowed_endpoints: ['POST /products*'] }, 'GET', '/products/1'],
    ['no pattern', { allowed_endpoints: ['/stores'] }, 'GET', '/products'],
    ['a path that is not canonical', {}, 'GET', '/products/..%2fstores'],
  ])('%s', async (name, settings, method, path) => {
    const { id, token } = await scene.createToken({ name, ...settings });
    const answered = await scene.call(token, path, { method });
    const byId = await explain({ token_id: id, method, path });
    const byText = await explain({ token, method, path });
    expect(byId.code).toBe(answered.status >= 400 ? answered.body?.code : null);
    expect(byId.status).toBe(answered.status >= 400 ? answered.status : null);
    expect(byText).toMatchObject({ code: byId.code, decided_by: byId.decided_by });
  });

  it('a disabled and a revoked token, and the rule by name', async () => {
    const { id, token } = await scene.createToken({ name: 'off' });
    await scene.rest('PUT', `/api/api-tokens/${id}`, { active: false });
    const disabled = await explain({ token_id: id, path: '/products' });
    expect(disabled).toMatchObject({ code: 'KEY_DISABLED', decided_by: 'enabled' });
    await scene.rest('POST', `/api/api-tokens/${id}/revoke`);
    expect((await scene.call(token)).body).toMatchObject({ code: 'KEY_REVOKED' });
    expect(await explain({ token, path: '/products' })).toMatchObject({ code: 'KEY_REVOKED', decided_by: 'revoked' });
  });

  it('an expiry at the time that is asked about', async () => {
    const { id } = await scene.createToken({ name: 'ends', expires_at: '2099-01-01' });
    expect(await explain({ token_id: id, path: '/products', at: '2098-12-31T23:59:59.999Z' })).toMatchObject({ decision: 'allow' });
    const after = await explain({ token_id: id, path: '/products', at: '2099-01-01T00:00:00.000Z' });
    expect(after).toMatchObject({ code: 'KEY_EXPIRED', decided_by: 'expiry' });
    expect(finding(after, 'expiry')).toMatchObject({ result: 'fail', rule: '2099-01-01T00:00:00.000Z' });
    expect(finding(after, 'endpoint')).toMatchObject({ result: 'not_reached' });
  });
});

describe('counters', () => {
  it('are shown and never counted, whether the request would pass or not', async () => {
    const { id, token } = await scene.createToken({ name: 'counted', rate_limit: 2 });
    await scene.call(token);
    for (let ask = 0; ask < 5; ask++) {
      const explained = await explain({ token_id: id, path: '/products' });
      expect(explained.decision).toBe('allow');
      expect(explained.counters?.windows).toMatchObject([{ name: 'default', limit: 2, current: 1, remaining: 1 }]);
    }
    expect((await scene.call(token)).headers['x-ratelimit-remaining']).toBe('0');
    expect((await scene.call(token)).status).toBe(429);
    const full = await explain({ token_id: id, path: '/products' });
    expect(full).toMatchObject({ code: 'RATE_LIMITED', status: 429, decided_by: 'rate' });
    expect(finding(full, 'rate')?.rule).toBe('2 per 60,000 ms');
  });
});

describe('under access rules', () => {
  let ruled: Scene;
  beforeAll(async () => {
    ruled = await openSceneWithConfig({
      rules: [
        { endpoint: '*', scopes: ['read'] },
        { endpoint: 'POST,PUT /products*', scopes: ['write'], permissions: { products: ['change'] } },
        { endpoint: 'GET /products', cost: 5 },
      ],
    });
  }, 60_000);
  afterAll(() => ruled.close());

  it('a missing scope and a missing permission are named with the rule that asks for them, as the guard refuses them', async () => {
    const { id, token } = await ruled.createToken({ name: 'reader', scopes: ['read'] });
    const request = { token_id: id, method: 'POST', path: '/products' };
    expect(await ruled.call(token, '/products', { method: 'POST' })).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_SCOPE' } });
    const refused = await explain(request, ruled);
    expect(refused).toMatchObject({ code: 'INSUFFICIENT_SCOPE', decided_by: 'scope' });
    expect(finding(refused, 'scope')).toMatchObject({
      rule: 'POST,PUT /products*',
      detail: 'It lacks write, asked for by the rule "POST,PUT /products*". Needed is read, write.',
      needs: [
        { name: 'read', held: true, rules: ['*'] },
        { name: 'write', held: false, rules: ['POST,PUT /products*'] },
      ],
    });
    await ruled.rest('PUT', `/api/api-tokens/${id}`, { scopes: ['read', 'write'] });
    const then = await explain(request, ruled);
    expect(then).toMatchObject({ decided_by: 'permission' });
    expect(finding(then, 'permission')).toMatchObject({
      rule: 'POST,PUT /products*',
      needs: [{ name: 'products:change', held: false, rules: ['POST,PUT /products*'] }],
    });
  });

  it('limits and quota are judged by what the request costs, as the guard judges them', async () => {
    const { id, token } = await ruled.createToken({ name: 'costly', scopes: ['read'], remaining: 9 });
    const request = { token_id: id, path: '/products' };
    expect(await explain(request, ruled)).toMatchObject({ decision: 'allow', charge: { units: 5, rule: 'GET /products' } });
    expect((await ruled.call(token)).status).toBe(200);
    const short = await explain(request, ruled);
    expect(short).toMatchObject({ code: 'USAGE_EXCEEDED', decided_by: 'quota' });
    expect(finding(short, 'quota')).toMatchObject({
      result: 'fail',
      detail: '4 requests are left of its quota. This one counts as 5, by the rule "GET /products".',
    });
    expect((await ruled.call(token)).body).toMatchObject({ code: 'USAGE_EXCEEDED' });
    expect(await explain({ ...request, path: '/stores' }, ruled)).toMatchObject({ decision: 'allow', charge: { units: 1, rule: null } });

    const limited = await ruled.createToken({ name: 'limited', scopes: ['read'], rate_limit: 9 });
    expect((await ruled.call(limited.token)).status).toBe(200);
    expect(await explain({ token_id: limited.id, path: '/products' }, ruled)).toMatchObject({ code: 'RATE_LIMITED', decided_by: 'rate' });
    expect((await ruled.call(limited.token)).status).toBe(429);
    expect(await explain({ token_id: limited.id, path: '/stores' }, ruled)).toMatchObject({ decision: 'allow' });
  });
});

describe('a logged request', () => {
  it('is found by its request id: what was answered then, by which check, and what would be answered now', async () => {
    const { id, token } = await scene.createToken({ name: 'logged', allowed_endpoints: ['/stores'] });
    const refused = await scene.call(token, '/products/7');
    const requestId = refused.headers['x-request-id'];
    const explainLogged = () => scene.rest('POST', '/api/api-tokens/explain', { request_id: requestId });
    await expect.poll(async () => (await explainLogged()).status).toBe(200);
    const then = (await explainLogged()).body as unknown as Explained;
    expect(then).toMatchObject({
      decision: 'deny',
      code: 'ENDPOINT_NOT_ALLOWED',
      token: { id },
      request: { method: 'GET', path: '/products/7' },
    });
    expect(then.recorded).toMatchObject({ outcome: 'ENDPOINT_NOT_ALLOWED', status: 403, decided_by: 'endpoint', changed_since: false });

    await scene.rest('PUT', `/api/api-tokens/${id}`, { allowed_endpoints: ['/stores', '/products*'] });
    const now = await explain({ request_id: requestId, token_id: id });
    expect(now).toMatchObject({ decision: 'allow', code: null });
    expect(now.recorded).toMatchObject({ outcome: 'ENDPOINT_NOT_ALLOWED', decided_by: 'endpoint', changed_since: true });
    expect(finding(now, 'endpoint')).toMatchObject({ result: 'pass', rule: '/products*' });
  });

  it('404 for an id that the log does not hold', async () => {
    const answer = await scene.rest('POST', '/api/api-tokens/explain', { request_id: 'nobody-sent-this' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});

describe('a text that nobody issued', () => {
  it.each([
    ['nonsense', 'shape'],
    [`lk_live_${'a'.repeat(42)}`, 'checksum'],
  ])('%s is refused for its %s', async (token, check) => {
    expect(await explain({ token, path: '/products' })).toMatchObject({ code: 'INVALID_API_KEY', decided_by: check, token: null });
  });

  it('one with the right checksum is unknown, and no text comes back or is logged', async () => {
    const { id, token } = await scene.createToken({ name: 'gone' });
    await scene.rest('DELETE', `/api/api-tokens/${id}`);
    const answer = await scene.rest('POST', '/api/api-tokens/explain', { token, path: '/products' });
    expect(answer.body).toMatchObject({ code: 'INVALID_API_KEY', decided_by: 'known', token: null });
    expect(answer.text).not.toContain(token);
    expect(scene.output()).not.toContain(token);
  });
});

describe('400', () => {
  it.each<[Json, string]>([
    [{}, 'request_id'],
    [{ token_id: 1 }, 'path'],
    [{ token_id: 1, token: 'x', path: '/' }, 'token'],
    [{ request_id: 'x', token: 'y' }, 'token'],
    [{ token_id: 1, path: '/', method: 'G E T' }, 'method'],
    [{ token_id: 1, path: '/', at: 'yesterday' }, 'at'],
    [{ token_id: 1, path: '/', ip_address: '300.1.1.1' }, 'ip_address'],
  ])('%j says what to change in %s', async (body, path) => {
    const answer = await scene.rest('POST', '/api/api-tokens/explain', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', details: expect.arrayContaining([expect.objectContaining({ path })]) });
  });
});
