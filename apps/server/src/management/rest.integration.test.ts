import type { UsageRecord } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import type { Received, Sent } from './testing/sender.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

let management: Management;
let admin: SignedIn;
beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

type Json = Record<string, unknown>;
const call = (method: string, path: string, body?: unknown, headers: Sent['headers'] = {}): Promise<Received> =>
  management.send(path, { method, ...(body === undefined ? {} : { body }), headers: { authorization: `Bearer ${admin.jwt}`, ...headers } });
const tokenIn = (answer: Received) => (answer.json as { token: Json }).token;
const create = async (body: Json): Promise<Json> => tokenIn(await call('POST', '/api/api-tokens', body));
const detailsIn = (answer: Received) => (answer.json as { details: { path: string; message: string }[] }).details;

async function record(tokenId: number, at: number, change: Partial<UsageRecord> = {}): Promise<void> {
  const base = { kind: 'request', method: 'GET', endpoint: '/products', path: '/products', status: 200, durationUs: 45_400 } as const;
  const more = {
    requestBytes: 0,
    responseBytes: 10,
    ip: '203.0.113.7',
    userAgent: 'test',
    outcome: 'VALID',
    requestId: 'r',
    secretId: null,
    cost: 1,
    trial: null,
  } as const;
  const spool = `test-${tokenId}-${at}-${change.endpoint ?? ''}-${change.status ?? ''}`;
  await management.database.usageStore.ingest(spool, [{ ...base, ...more, tokenId, at, ...change }], null, { segment: 1, offset: 1 });
}

describe('POST /api/api-tokens', () => {
  it('answers 201 with the secret and the contract’s words', async () => {
    const answer = await call('POST', '/api/api-tokens', {
      name: 'Partner (EU)',
      description: 'for the partner',
      rate_limit: 500,
      allowed_endpoints: ['/products*', '/stores/*/brands'],
      expires_at: '2099-12-31',
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      message: 'API token created successfully. Save this token securely - it cannot be retrieved later.',
      token: {
        id: expect.any(Number),
        name: 'Partner (EU)',
        token: expect.stringMatching(/^lk_live_[0-9A-Za-z]{42}$/),
        description: 'for the partner',
        active: true,
        rate_limit: 500,
        allowed_endpoints: ['/products*', '/stores/*/brands'],
        expires_at: '2099-12-31T00:00:00.000Z',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(management.changed).toContain(tokenIn(answer).id);
  });

  it('has the contract’s defaults', async () => {
    expect(await create({ name: 'plain' })).toMatchObject({
      description: null,
      rate_limit: 100,
      rate_limit_window_ms: 60_000,
      allowed_endpoints: null,
      expires_at: null,
    });
  });

  it('lets several tokens share a name, with different secrets', async () => {
    const [first, second] = [await create({ name: 'twin' }), await create({ name: 'twin' })];
    expect(first.id).not.toBe(second.id);
    expect(first.token).not.toBe(second.token);
  });

  it('ignores unknown members, and those that the server owns', async () => {
    const body = {
      name: 'modest',
      id: 1,
      token: 'mine',
      created_at: '2000-01-01',
      total_requests: 9,
      owner_id: 'x',
      active: false,
      rateLimit: 7,
    };
    const token = await create(body);
    expect(token).toMatchObject({ name: 'modest', active: true, total_requests: 0, owner_id: null, rate_limit: 100 });
    expect(token.id).not.toBe(1);
    expect(token.token).not.toBe('mine');
    expect(token.created_at).not.toMatch(/^2000/);
  });

  it.each<[Json, string]>([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '   ' }, 'name'],
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: null }, 'name'],
    [{ name: 'a', rate_limit: 0 }, 'rate_limit'],
    [{ name: 'a', rate_limit: -1 }, 'rate_limit'],
    [{ name: 'a', rate_limit: 1.5 }, 'rate_limit'],
    [{ name: 'a', rate_limit: '100' }, 'rate_limit'],
    [{ name: 'a', rate_limit: null }, 'rate_limit'],
    [{ name: 'a', allowed_endpoints: '/products' }, 'allowed_endpoints'],
    [{ name: 'a', allowed_endpoints: [''] }, 'allowed_endpoints.0'],
    [{ name: 'a', allowed_endpoints: ['/a', 7] }, 'allowed_endpoints.1'],
    [{ name: 'a', expires_at: 'tomorrow' }, 'expires_at'],
    [{ name: 'a', expires_at: '2099-02-30' }, 'expires_at'],
    [{ name: 'a', expires_at: 4_102_444_800 }, 'expires_at'],
    [{ name: 'a', expires_at: '2020-01-01' }, 'expires_at'],
    [{ name: 'a', expires_at: '9999-12-31T23:59:59-14:00' }, 'expires_at'],
    [{ name: '\u0085' }, 'name'],
    [{ name: '\u00a0\u200b' }, 'name'],
    [{ name: 'a\0' }, 'name'],
    [{ name: 'a\ud800' }, 'name'],
    [{ name: 'a', description: '\ud800' }, 'description'],
    [{ name: 'a', allowed_endpoints: ['/\ud800*'] }, 'allowed_endpoints.0'],
  ])('refuses %j for its %s, and makes nothing', async (body, path) => {
    const count = async () => ((await call('GET', '/api/api-tokens')).json as { total: number }).total;
    const before = await count();
    const answer = await call('POST', '/api/api-tokens', body);
    expect(answer).toMatchObject({ status: 400, json: { error: 'Invalid input', code: 'VALIDATION_ERROR' } });
    expect(detailsIn(answer).map((detail) => detail.path)).toContain(path);
    expect(await count()).toBe(before);
  });

  it.each(['[]', 'null', '"a"', '7'])('refuses a body that is no object: %s', async (body) => {
    const answer = await call('POST', '/api/api-tokens', body, { 'content-type': 'application/json' });
    expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR' } });
  });

  it('keeps the secret nowhere', async () => {
    const { id, token } = await create({ name: 'secretive' });
    const answers = [
      await call('GET', `/api/api-tokens/${id}`),
      await call('GET', '/api/api-tokens?limit=200'),
      await call('PUT', `/api/api-tokens/${id}`, {}),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(`${token}`.slice(8));
      expect(answer.text).not.toMatch(/"(digest|token_digest|secret)"/);
    }
    expect(
      (await management.database.audit.list({ limit: 200, offset: 0 })).entries.map((entry) => JSON.stringify(entry)).join(),
    ).not.toContain(`${token}`);
    expect(management.errors.join()).not.toContain(`${token}`);
  });
});

describe('GET /api/api-tokens', () => {
  it('is one page, with the contract’s members', async () => {
    await create({ name: 'listed' });
    const answer = await call('GET', '/api/api-tokens?limit=1&offset=0&sort=id&order=desc&q=listed&status=active,expired');
    expect(answer).toMatchObject({ status: 200, json: { limit: 1, offset: 0, total: 1, tokens: [{ name: 'listed', status: 'active' }] } });
    const [token] = (answer.json as { tokens: Json[] }).tokens;
    for (const name of [
      'id',
      'description',
      'active',
      'rate_limit',
      'last_used_at',
      'created_at',
      'requests_24h',
      'requests_7d',
      'total_requests',
    ]) {
      expect(token).toHaveProperty(name);
    }
    expect(token).not.toHaveProperty('token');
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'offset=-1', 'sort=secret', 'order=up', 'status=dead', 'limit=1&limit=2'])(
    'refuses ?%s',
    async (query) => {
      expect(await call('GET', `/api/api-tokens?${query}`)).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR' } });
    },
  );

  it('ignores members of the query that it does not know', async () => {
    expect((await call('GET', '/api/api-tokens?page=3')).status).toBe(200);
  });
});

describe('PUT /api/api-tokens/:id', () => {
  it('changes what is named, clears what is null, and leaves the rest', async () => {
    const { id } = await create({
      name: 'before',
      description: 'kept',
      rate_limit: 5,
      allowed_endpoints: ['/a'],
      expires_at: '2099-01-01',
    });
    const answer = await call('PUT', `/api/api-tokens/${id}`, { name: 'after', allowed_endpoints: null, expires_at: null });
    expect(answer).toMatchObject({
      status: 200,
      json: { token: { id, name: 'after', description: 'kept', rate_limit: 5, allowed_endpoints: null, expires_at: null } },
    });
  });

  it('disables and enables', async () => {
    const { id } = await create({ name: 'switch' });
    expect(tokenIn(await call('PUT', `/api/api-tokens/${id}`, { active: false }))).toMatchObject({ active: false, status: 'disabled' });
    expect(tokenIn(await call('PUT', `/api/api-tokens/${id}`, { active: true }))).toMatchObject({ active: true, status: 'active' });
  });

  it('takes an expiry in the past as a way to end the token now', async () => {
    const { id } = await create({ name: 'over' });
    expect(tokenIn(await call('PUT', `/api/api-tokens/${id}`, { expires_at: '2020-01-01' }))).toMatchObject({ status: 'expired' });
  });

  it('changes nothing for an empty body, or for members that the server owns', async () => {
    const made = await create({ name: 'same' });
    const answer = await call('PUT', `/api/api-tokens/${made.id}`, {
      id: 1,
      token: 'x',
      created_at: '2000-01-01',
      total_requests: 5,
      revoked_at: 'x',
    });
    expect(tokenIn(answer)).toMatchObject({ id: made.id, name: 'same', created_at: made.created_at, total_requests: 0, revoked_at: null });
  });

  it('changes nothing where one member is wrong', async () => {
    const { id } = await create({ name: 'whole', rate_limit: 5 });
    expect((await call('PUT', `/api/api-tokens/${id}`, { name: 'half', rate_limit: 0 })).status).toBe(400);
    expect(tokenIn(await call('GET', `/api/api-tokens/${id}`))).toMatchObject({ name: 'whole', rate_limit: 5 });
  });
});

describe('the end of a token', () => {
  it('by revoking is permanent', async () => {
    const { id } = await create({ name: 'revoked' });
    const answer = await call('POST', `/api/api-tokens/${id}/revoke`);
    expect(answer).toMatchObject({ status: 200, json: { token: { id, status: 'revoked' } } });
    expect((await call('POST', `/api/api-tokens/${id}/revoke`)).status).toBe(200);
    expect(await call('PUT', `/api/api-tokens/${id}`, { active: true })).toMatchObject({ status: 409, json: { code: 'CONFLICT' } });
  });

  it('by deleting takes it and its usage away', async () => {
    const { id } = await create({ name: 'deleted' });
    await record(Number(id), Date.now());
    expect(await call('DELETE', `/api/api-tokens/${id}`)).toMatchObject({ status: 200, json: { message: expect.any(String) } });
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/usage'],
      ['DELETE', ''],
      ['POST', '/revoke'],
    ] as const) {
      expect(await call(method, `/api/api-tokens/${id}${path}`)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    }
    expect((await call('PUT', `/api/api-tokens/${id}`, { name: 'x' })).status).toBe(404);
  });
});

describe('usage', () => {
  it('of one token is in the contract’s shape', async () => {
    const { id } = await create({ name: 'busy' });
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    await record(Number(id), hour, { endpoint: '/products/:id', path: '/products/7' });
    await record(Number(id), hour, { status: 500 });
    const answer = await call('GET', `/api/api-tokens/${id}/usage?days=7`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      hourly_usage: [
        { hour: new Date(hour).toISOString(), requests: 2, avg_response_time: 45, successful_requests: 1, failed_requests: 1 },
      ],
      endpoint_usage: expect.arrayContaining([{ endpoint: '/products/:id', method: 'GET', requests: 1, avg_response_time: 45 }]),
      recent_requests: expect.arrayContaining([
        {
          endpoint: '/products',
          method: 'GET',
          status_code: 500,
          response_time_ms: 45,
          ip_address: '203.0.113.7',
          created_at: new Date(hour).toISOString(),
        },
      ]),
    });
    expect(tokenIn(await call('GET', `/api/api-tokens/${id}`))).toMatchObject({ requests_24h: 2, requests_7d: 2, total_requests: 2 });
  });

  it('of all tokens is in the contract’s shape', async () => {
    const answer = await call('GET', '/api/api-tokens/stats/overview?days=7');
    expect(answer.status).toBe(200);
    const { overview, top_tokens, top_endpoints } = answer.json as {
      overview: Record<string, number>;
      top_tokens: Json[];
      top_endpoints: Json[];
    };
    expect(Object.keys(overview).sort()).toEqual([
      'active_tokens',
      'avg_response_time',
      'failed_requests',
      'successful_requests',
      'total_requests',
    ]);
    expect((overview.successful_requests ?? 0) + (overview.failed_requests ?? 0)).toBe(overview.total_requests);
    expect(Object.keys(top_tokens[0] ?? {}).sort()).toEqual(['avg_response_time', 'id', 'name', 'requests']);
    expect(Object.keys(top_endpoints[0] ?? {}).sort()).toEqual(['avg_response_time', 'endpoint', 'method', 'requests']);
  });

  it.each(['0', '366', '-1', '7.5', 'week', '', '1e2', '1&days=2'])('refuses days=%s', async (days) => {
    for (const path of ['/api/api-tokens/stats/overview', '/api/api-tokens/1/usage']) {
      expect(await call('GET', `${path}?days=${days}`)).toMatchObject({
        status: 400,
        json: { code: 'VALIDATION_ERROR', details: [{ path: expect.stringMatching(/^days/) }] },
      });
    }
  });

  it('takes 1 and 365 days, and 7 where nobody says', async () => {
    for (const query of ['', '?days=1', '?days=365'])
      expect((await call('GET', `/api/api-tokens/stats/overview${query}`)).status).toBe(200);
  });
});

describe('what is not there', () => {
  it.each(['0', 'abc', '1.5', '-7', '99999999999', '2147483647', '%00', '1%2F2', "1'--"])('is 404 for the id %s', async (id) => {
    expect(await call('GET', `/api/api-tokens/${id}`)).toMatchObject({
      status: 404,
      json: { error: 'Not found', code: 'NOT_FOUND', request_id: expect.any(String) },
    });
  });

  it('is 405 for another method, and says which there are', async () => {
    const answer = await call('PATCH', '/api/api-tokens/1', {});
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, PUT, DELETE' }, json: { code: 'METHOD_NOT_ALLOWED' } });
  });

  it('is told to nobody who may not ask', async () => {
    expect((await management.send('/api/api-tokens/abc')).status).toBe(401);
    expect(
      (await management.send('/api/api-tokens', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(401);
  });
});

it('HEAD answers like GET, without a body', async () => {
  expect(await call('HEAD', '/api/api-tokens')).toMatchObject({ status: 200, text: '' });
});
