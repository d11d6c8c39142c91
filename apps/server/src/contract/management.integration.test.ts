// Contract §3: what administrators' programs can do, over the real server. Usage has a file of its own.
import { type Answer, bearer, send } from '@latchkey/bearer-auth/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, type Json, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: Scene;
beforeAll(async () => {
  scene = await openSceneWithDatabase();
});
afterAll(() => scene?.close());

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ROOT = '/api/api-tokens';
const MESSAGE = 'API token created successfully. Save this token securely - it cannot be retrieved later.';
const rest = (method: string, path: string, body?: unknown) => scene.rest(method, path, body);
const tokenIn = (answer: Answer): Json => (answer.body as { token: Json }).token;
const read = async ({ id }: { id: number }): Promise<Json> => tokenIn(await rest('GET', `${ROOT}/${id}`));
const list = async (query: string) => {
  const answer = await rest('GET', `${ROOT}?${query}`);
  expect(answer.status, query).toBe(200);
  return answer.body as { tokens: Json[]; total: number; limit: number; offset: number };
};

function expectInvalid(answer: Answer, path: string): void {
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ error: expect.any(String), code: 'VALIDATION_ERROR' });
  const { details } = answer.body as { details: { path: string; message: string }[] };
  expect(details.map((detail) => detail.path)).toContain(path);
  for (const { message } of details) expect(message.length).toBeGreaterThan(5);
}

function expectNotFound(answer: Answer): void {
  expect(answer).toMatchObject({ status: 404, body: { error: expect.any(String), code: 'NOT_FOUND' } });
}

describe('POST /api/api-tokens', () => {
  it('answers 201 with the token, its secret and the message (S4-018 … S4-024)', async () => {
    const answer = await rest('POST', ROOT, {
      name: 'Shop (web)',
      description: 'for the shop',
      rate_limit: 500,
      allowed_endpoints: ['/products*', '/stores/*/brands'],
      expires_at: '2099-12-31',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(Object.keys(answer.body ?? {}).sort()).toEqual(['message', 'token']);
    expect(answer.body?.message).toBe(MESSAGE);
    const token = tokenIn(answer);
    expect(token).toMatchObject({
      name: 'Shop (web)',
      token: expect.stringMatching(/^[0-9A-Za-z_]{40,}$/),
      description: 'for the shop',
      active: true,
      rate_limit: 500,
      allowed_endpoints: ['/products*', '/stores/*/brands'],
      expires_at: '2099-12-31T00:00:00.000Z',
      created_at: expect.stringMatching(INSTANT),
    });
    expect(Number.isInteger(token.id)).toBe(true);
    expect(Math.abs(Date.parse(`${token.created_at}`) - Date.now())).toBeLessThan(60_000);
  });

  it('has the defaults of a body with a name alone', async () => {
    expect(await scene.createToken({ name: 'bare' })).toMatchObject({
      description: null,
      active: true,
      rate_limit: 100,
      allowed_endpoints: null,
      expires_at: null,
      last_used_at: null,
    });
  });

  it.each<[string, Json, Json]>([
    [
      'S4-104, a WordPress plugin',
      { name: 'WordPress Plugin - Main Site', rate_limit: 200, allowed_endpoints: ['/products*', '/categories*', '/brands*'] },
      { allowed_endpoints: ['/products*', '/categories*', '/brands*'], expires_at: null },
    ],
    ['S4-105, a mobile app', { name: 'Mobile App', rate_limit: 500, allowed_endpoints: null }, { allowed_endpoints: null }],
    [
      'S4-106, a partner',
      { name: 'Partner - Acme', rate_limit: 100, allowed_endpoints: ['/products*'], expires_at: '2098-06-30' },
      { expires_at: '2098-06-30T00:00:00.000Z' },
    ],
    [
      'S4-107, development',
      { name: 'Development', rate_limit: 1000, expires_at: '2098-03-31' },
      { allowed_endpoints: null, expires_at: '2098-03-31T00:00:00.000Z' },
    ],
  ])('%s: works as given', async (_row, input, expected) => {
    const token = await scene.createToken(input);
    expect(token).toMatchObject({ name: input.name, rate_limit: input.rate_limit, active: true, ...expected });
    const used = await scene.call(token.token);
    expect(used).toMatchObject({ status: 200, headers: { 'x-ratelimit-limit': `${input.rate_limit}` } });
    const isRestricted = Array.isArray(input.allowed_endpoints);
    expect((await scene.call(token.token, '/stores')).status).toBe(isRestricted ? 403 : 200);
  });

  it('tokens may share a name; both work, each for itself (S4-113)', async () => {
    const [one, other] = [await scene.createToken({ name: 'twin' }), await scene.createToken({ name: 'twin' })];
    expect(one.id).not.toBe(other.id);
    expect(one.token).not.toBe(other.token);
    for (const { token } of [one, other]) expect((await scene.call(token)).status).toBe(200);
    await rest('DELETE', `${ROOT}/${one.id}`);
    expect((await scene.call(other.token)).status).toBe(200);
  });

  it.each<[string, Json, Json]>([
    ['a name of 1', { name: 'n' }, { name: 'n' }],
    ['a name of 255', { name: 'ü'.repeat(255) }, { name: 'ü'.repeat(255) }],
    ['any text as a name', { name: `<b>"';-- 名前 😀` }, { name: `<b>"';-- 名前 😀` }],
    ['a rate_limit of 1', { rate_limit: 1 }, { rate_limit: 1 }],
    ['a long description', { description: 'd\n'.repeat(1_000) }, { description: 'd\n'.repeat(1_000) }],
    ['an empty list', { allowed_endpoints: [] }, {}],
    ['a date-time with Z', { expires_at: '2098-01-02T03:04:05.678Z' }, { expires_at: '2098-01-02T03:04:05.678Z' }],
    ['a date-time without fraction', { expires_at: '2098-01-02T03:04:05Z' }, { expires_at: '2098-01-02T03:04:05.000Z' }],
    ['a date-time with an offset', { expires_at: '2098-01-02T03:04:05+02:00' }, { expires_at: '2098-01-02T01:04:05.000Z' }],
    ['29 February of a leap year', { expires_at: '2096-02-29' }, { expires_at: '2096-02-29T00:00:00.000Z' }],
    ['null where a member can be absent', { description: null, allowed_endpoints: null, expires_at: null }, { description: null }],
  ])('takes %s', async (_case, input, expected) => {
    const token = await scene.createToken({ name: 'within bounds', ...input });
    expect(token).toMatchObject(expected);
    expect(await read(token)).toMatchObject(expected);
  });

  it('ignores unknown members, and those that the server owns', async () => {
    const token = await scene.createToken({
      name: 'modest',
      id: 1,
      token: 'mine',
      digest: 'x',
      created_at: '2000-01-01T00:00:00.000Z',
      updated_at: '2000-01-01T00:00:00.000Z',
      last_used_at: '2000-01-01T00:00:00.000Z',
      revoked_at: '2000-01-01T00:00:00.000Z',
      created_by: 'nobody',
      user_id: 7,
      total_requests: 9,
      requests_24h: 9,
      requests_7d: 9,
      status: 'revoked',
      colour: 'red',
    });
    expect(token).toMatchObject({
      owner_type: null,
      owner_id: null,
      viewable: false,
      last_used_at: null,
      revoked_at: null,
      status: 'active',
    });
    expect(token).toMatchObject({ total_requests: 0, requests_24h: 0, requests_7d: 0 });
    expect(token).not.toHaveProperty('colour');
    expect(token.created_by).not.toBe('nobody');
    expect(token.id).not.toBe(1);
    expect(token.token).not.toBe('mine');
    expect(token.created_at).not.toMatch(/^2000/);
  });
});

/** Bodies that neither creation nor change may take, and the member at fault. */
const WRONG: [Json, string][] = [
  [{ name: '' }, 'name'],
  [{ name: '  \t\n' }, 'name'],
  [{ name: 'x'.repeat(256) }, 'name'],
  [{ name: 7 }, 'name'],
  [{ name: null }, 'name'],
  [{ name: ['a'] }, 'name'],
  [{ description: 7 }, 'description'],
  [{ rate_limit: 0 }, 'rate_limit'],
  [{ rate_limit: -1 }, 'rate_limit'],
  [{ rate_limit: 1.5 }, 'rate_limit'],
  [{ rate_limit: '5' }, 'rate_limit'],
  [{ rate_limit: true }, 'rate_limit'],
  [{ rate_limit: 1e308 }, 'rate_limit'],
  [{ allowed_endpoints: '/products' }, 'allowed_endpoints'],
  [{ allowed_endpoints: {} }, 'allowed_endpoints'],
  [{ allowed_endpoints: [''] }, 'allowed_endpoints.0'],
  [{ allowed_endpoints: ['/a', null] }, 'allowed_endpoints.1'],
  [{ allowed_endpoints: [['/a']] }, 'allowed_endpoints.0'],
  [{ expires_at: '' }, 'expires_at'],
  [{ expires_at: 'tomorrow' }, 'expires_at'],
  [{ expires_at: '2098-02-30' }, 'expires_at'],
  [{ expires_at: '2097-02-29' }, 'expires_at'],
  [{ expires_at: '2098-13-01' }, 'expires_at'],
  [{ expires_at: '2098-01-01T25:00:00Z' }, 'expires_at'],
  [{ expires_at: '31.12.2098' }, 'expires_at'],
  [{ expires_at: 4_102_444_800_000 }, 'expires_at'],
];

describe('400: input that is wrong', () => {
  it.each(WRONG)('%j is not created, and nothing is made', async (body, path) => {
    const before = (await list('limit=1')).total;
    expectInvalid(await rest('POST', ROOT, { name: 'a', ...body }), path);
    expect((await list('limit=1')).total).toBe(before);
  });

  let victim: CreatedToken;
  let untouched: Json;
  beforeAll(async () => {
    victim = await scene.createToken({
      name: 'stays',
      description: 'd',
      rate_limit: 5,
      allowed_endpoints: ['/a'],
      expires_at: '2098-01-01',
    });
    untouched = await read(victim);
  });
  it.each([...WRONG, [{ active: 'false' }, 'active'], [{ active: null }, 'active'], [{ active: 0 }, 'active']] as [Json, string][])(
    '%j is no change, and nothing is changed',
    async (body, path) => {
      expectInvalid(await rest('PUT', `${ROOT}/${victim.id}`, { name: 'half', description: 'half', ...body }), path);
      expect(await read(victim)).toEqual(untouched);
    },
  );

  it('a token needs a name', async () => {
    expectInvalid(await rest('POST', ROOT, {}), 'name');
  });

  it('an expiry in the past is refused on creation, an instant ago or years', async () => {
    for (const past of [new Date(Date.now() - 1_000).toISOString(), '2020-01-01', new Date().toISOString().slice(0, 10)]) {
      expectInvalid(await rest('POST', ROOT, { name: 'a', expires_at: past }), 'expires_at');
    }
  });

  it('every fault of a body is named at once', async () => {
    const answer = await rest('POST', ROOT, { name: '', rate_limit: 0, allowed_endpoints: [''] });
    for (const path of ['name', 'rate_limit', 'allowed_endpoints.0']) expectInvalid(answer, path);
  });

  it.each(['', '{', '{"name":"a"', '[]', 'null', '"a"', '7', '{"name":"a"}x', 'name=a'])(
    'a body that is no JSON object: %s',
    async (body) => {
      for (const [method, path] of [
        ['POST', ROOT],
        ['PUT', `${ROOT}/${victim.id}`],
      ] as const) {
        const answer = await rest(method, path, body);
        expect(answer).toMatchObject({ status: 400, body: { error: expect.any(String), code: 'VALIDATION_ERROR' } });
        expect(answer.body?.details).toBeInstanceOf(Array);
        expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at \w+/);
      }
    },
  );

  it('a body that is not declared to be JSON is not read (G-19)', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = [...bearer(scene.admin.jwt), 'Content-Type', type];
      const before = (await list('limit=1')).total;
      const answer = await send(scene.url, { method: 'POST', path: ROOT, headers, body: '{"name":"a"}' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
      expect(answer.text).not.toMatch(/node_modules|\.ts:\d/);
      expect((await list('limit=1')).total).toBe(before);
    }
  });

  it('a huge body is 413, a deep one or __proto__ no trouble', async () => {
    expect(await rest('POST', ROOT, { name: 'a', description: 'x'.repeat(3_000_000) })).toMatchObject({ status: 413 });
    const deep = await rest('POST', ROOT, `{"name":"deep","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
    expect([201, 400]).toContain(deep.status);
    const answer = await rest('POST', ROOT, '{"name":"proto","__proto__":{"active":false},"constructor":{"x":1}}');
    expect(tokenIn(answer)).toMatchObject({ name: 'proto', active: true });
  });

  it('text that the database can not hold is 400, not a failure of ours', async () => {
    for (const body of [{ name: 'a\0b' }, { name: 'a', description: 'a\0b' }, { name: 'a', allowed_endpoints: ['/a\0b'] }]) {
      expect((await rest('POST', ROOT, body)).status, JSON.stringify(body)).toBe(400);
    }
  });
});

describe('GET /api/api-tokens/:id', () => {
  it('answers the token without its secret or digest (S4-062, S4-063)', async () => {
    const { token: secret, ...created } = await scene.createToken({ name: 'one', rate_limit: 7 });
    const answer = await rest('GET', `${ROOT}/${created.id}`);
    expect(Object.keys(answer.body ?? {})).toEqual(['token']);
    expect(tokenIn(answer)).toEqual(created);
    expect(answer.text).not.toContain(secret.slice(12));
    expect(Object.keys(tokenIn(answer)).filter((key) => /(?<!^old_)secret|digest|hash|^token$/.test(key))).toEqual([]);
  });
});

describe('PUT /api/api-tokens/:id', () => {
  it('changes what is given and leaves what is absent; null clears (S4-065, S4-066)', async () => {
    const before = await scene.createToken({
      name: 'before',
      description: 'text',
      rate_limit: 5,
      allowed_endpoints: ['/a'],
      expires_at: '2098-01-01',
    });
    const put = async (change: Json) => {
      const answer = await rest('PUT', `${ROOT}/${before.id}`, change);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body ?? {})).toEqual(['token', 'effective']);
      expect(tokenIn(answer)).toEqual(await read(before));
      return tokenIn(answer);
    };
    expect(await put({ name: 'after', active: false, rate_limit: 6 })).toMatchObject({
      name: 'after',
      active: false,
      rate_limit: 6,
      description: 'text',
      allowed_endpoints: ['/a'],
      expires_at: '2098-01-01T00:00:00.000Z',
      created_at: before.created_at,
    });
    expect(await put({ description: null })).toMatchObject({ name: 'after', description: null, allowed_endpoints: ['/a'], active: false });
    expect(await put({ allowed_endpoints: null })).toMatchObject({ allowed_endpoints: null, expires_at: '2098-01-01T00:00:00.000Z' });
    expect(await put({ expires_at: null, active: true })).toMatchObject({ expires_at: null, active: true, rate_limit: 6 });
    expect(await put({ allowed_endpoints: ['/b*'], description: 'again' })).toMatchObject({
      allowed_endpoints: ['/b*'],
      description: 'again',
    });
    expect(await put({})).toMatchObject({ name: 'after', rate_limit: 6, description: 'again' });
  });

  it('maintains updated_at (S4-123)', async () => {
    const token = await scene.createToken({ name: 'dated' });
    const changed = tokenIn(await rest('PUT', `${ROOT}/${token.id}`, { name: 'dated again' }));
    expect(changed.updated_at).toMatch(INSTANT);
    expect(Date.parse(`${changed.updated_at}`)).toBeGreaterThan(Date.parse(`${token.updated_at}`));
    expect(changed.created_at).toBe(token.created_at);
  });

  it('takes an expiry in the past: a way to end the token now (G-06)', async () => {
    const token = await scene.createToken({ name: 'ended' });
    expect(tokenIn(await rest('PUT', `${ROOT}/${token.id}`, { expires_at: '2020-02-03' }))).toMatchObject({
      expires_at: '2020-02-03T00:00:00.000Z',
      status: 'expired',
      active: true,
    });
  });

  it('can not set what the server owns', async () => {
    const token = await scene.createToken({ name: 'owned' });
    const change = {
      id: token.id + 1,
      token: 'mine',
      created_at: '2000-01-01',
      revoked_at: '2000-01-01',
      owner_type: 'user',
      owner_id: '7',
      total_requests: 5,
      last_used_at: '2000-01-01',
      status: 'revoked',
      created_by: 'x',
    };
    expect((await rest('PUT', `${ROOT}/${token.id}`, change)).status).toBe(200);
    const { token: _secret, ...unchanged } = token;
    expect(await read(token)).toEqual(unchanged);
    expect((await scene.call(token.token)).status).toBe(200);
  });
});

describe('POST /api/api-tokens/:id/revoke', () => {
  it('is permanent, may be repeated, and leaves the row in the list', async () => {
    const token = await scene.createToken({ name: 'revoked for good' });
    const answer = await rest('POST', `${ROOT}/${token.id}/revoke`);
    expect(answer.status).toBe(200);
    expect(tokenIn(answer)).toMatchObject({ id: token.id, status: 'revoked', revoked_at: expect.stringMatching(INSTANT) });
    const again = await rest('POST', `${ROOT}/${token.id}/revoke`);
    expect(again.status).toBe(200);
    expect(tokenIn(again).revoked_at).toBe(tokenIn(answer).revoked_at);
    for (const change of [{ active: true }, { revoked_at: null }, { status: 'active' }]) {
      await rest('PUT', `${ROOT}/${token.id}`, change);
      expect(await read(token)).toMatchObject({ status: 'revoked' });
      expect((await scene.call(token.token)).body).toMatchObject({ code: 'KEY_REVOKED' });
    }
    expect((await list('q=revoked%20for%20good')).tokens).toMatchObject([{ id: token.id, status: 'revoked' }]);
  });

  it('does not want a body', async () => {
    const { id } = await scene.createToken({ name: 'bodyless' });
    expect((await rest('POST', `${ROOT}/${id}/revoke`, '{}')).status).toBe(200);
  });
});

describe('DELETE /api/api-tokens/:id', () => {
  it('answers 200 with a message, and the token is gone', async () => {
    const token = await scene.createToken({ name: 'gone' });
    expect(await rest('DELETE', `${ROOT}/${token.id}`)).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    expect((await list('q=gone&limit=200')).tokens.map(({ id }) => id)).not.toContain(token.id);
    expectNotFound(await rest('DELETE', `${ROOT}/${token.id}`));
  });
});

describe('404: an id that nobody has', () => {
  it.each(['999999999', 'abc', '0', '-1', '1.5', '1e3', '99999999999999999999', '%00', '1%00', '%2e%2e', "1'--", 'null', '1%20', '🙂'])(
    '%s',
    async (text) => {
      const id = /^[\x21-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
      expectNotFound(await rest('GET', `${ROOT}/${id}`));
      expectNotFound(await rest('PUT', `${ROOT}/${id}`, { name: 'a' }));
      expectNotFound(await rest('DELETE', `${ROOT}/${id}`));
      expectNotFound(await rest('POST', `${ROOT}/${id}/revoke`));
      expectNotFound(await rest('GET', `${ROOT}/${id}/usage`));
    },
  );

  it('stats/overview is not an id, and stats alone is none either (S4-083)', async () => {
    expect((await rest('GET', `${ROOT}/stats/overview`)).status).toBe(200);
    expectNotFound(await rest('GET', `${ROOT}/stats`));
    expectNotFound(await rest('GET', `${ROOT}/stats/usage`));
  });
});

describe('GET /api/api-tokens', () => {
  const names = ['page Beta', 'page alpha', 'page Gamma 100%', 'page delta_x', 'page epsilon'];
  let tokens: CreatedToken[];
  beforeAll(async () => {
    tokens = [];
    for (const [index, name] of names.entries())
      tokens.push(await scene.createToken({ name, rate_limit: 10 - index, description: `no ${index}` }));
    const [, disabled, expired, revoked] = tokens;
    await rest('PUT', `${ROOT}/${disabled?.id}`, { active: false });
    await rest('PUT', `${ROOT}/${expired?.id}`, { expires_at: '2020-01-01' });
    await rest('POST', `${ROOT}/${revoked?.id}/revoke`);
  });
  const namesIn = async (query: string) => (await list(`q=page%20&${query}`)).tokens.map(({ name }) => name);

  it('is an envelope of items with every member of the contract (S4-057 … S4-061)', async () => {
    const page = await list('q=page%20Beta');
    expect(page).toMatchObject({ total: 1, offset: 0, limit: expect.any(Number) });
    expect(page.tokens).toMatchObject([
      {
        id: tokens[0]?.id,
        name: 'page Beta',
        description: 'no 0',
        active: true,
        status: 'active',
        rate_limit: 10,
        last_used_at: null,
        created_at: expect.stringMatching(INSTANT),
        requests_24h: 0,
        requests_7d: 0,
        total_requests: 0,
      },
    ]);
    for (const token of (await list('limit=200')).tokens) {
      expect(Object.keys(token).filter((key) => /(?<!^old_)secret|digest|hash|^token$/.test(key))).toEqual([]);
    }
  });

  it('is paged, every token once', async () => {
    const { total } = await list('q=page%20');
    expect(total).toBe(5);
    const pages = [];
    for (const offset of [0, 2, 4, 6]) {
      const page = await list(`q=page%20&limit=2&offset=${offset}&sort=id&order=asc`);
      expect(page).toMatchObject({ total: 5, limit: 2, offset });
      pages.push(page.tokens.map(({ id }) => id));
    }
    expect(pages).toEqual([[tokens[0]?.id, tokens[1]?.id], [tokens[2]?.id, tokens[3]?.id], [tokens[4]?.id], []]);
  });

  it('is sorted as asked', async () => {
    expect(await namesIn('sort=name&order=asc')).toEqual(['page alpha', 'page Beta', 'page delta_x', 'page epsilon', 'page Gamma 100%']);
    expect(await namesIn('sort=name&order=desc')).toEqual(['page Gamma 100%', 'page epsilon', 'page delta_x', 'page Beta', 'page alpha']);
    expect(await namesIn('sort=created_at&order=asc')).toEqual(names);
    expect(await namesIn('sort=rate_limit&order=asc')).toEqual(names.toReversed());
    expect(await namesIn('')).toEqual(names.toReversed());
  });

  it('is filtered by status', async () => {
    expect(await namesIn('status=disabled')).toEqual(['page alpha']);
    expect(await namesIn('status=expired')).toEqual(['page Gamma 100%']);
    expect(await namesIn('status=revoked')).toEqual(['page delta_x']);
    expect(await namesIn('status=active&sort=id&order=asc')).toEqual(['page Beta', 'page epsilon']);
    expect((await list('q=page%20&status=disabled,revoked')).total).toBe(2);
  });

  it('is searched for text as it stands: % and _ and quotes mean themselves', async () => {
    expect(await namesIn('sort=id').then((found) => found.length)).toBe(5);
    const search = async (text: string) => (await list(`q=${encodeURIComponent(text)}`)).tokens.map(({ name }) => name);
    expect(await search('GAMMA 100%')).toEqual(['page Gamma 100%']);
    expect(await search('page%')).toEqual([]);
    expect(await search('a_x')).toEqual(['page delta_x']);
    expect(await search('page_')).toEqual([]);
    expect(await search("' or 1=1 --")).toEqual([]);
    expect(await search('\0')).toBeInstanceOf(Array);
  });

  it.each(['limit=0', 'limit=-1', 'limit=abc', 'limit=1.5', 'offset=-1', 'offset=x', 'sort=digest', 'order=sideways', 'status=dead'])(
    '?%s is 400',
    async (query) => {
      expectInvalid(
        await rest('GET', `${ROOT}?${query}`),
        query.split('=', 1)[0] === 'status' ? 'status.0' : (query.split('=', 1)[0] ?? ''),
      );
    },
  );
});

describe('secrets', () => {
  it('are in no answer but the one that made them (S4-020)', async () => {
    const { id, token } = await scene.createToken({ name: 'secretive' });
    await scene.call(token);
    await rest('PUT', `${ROOT}/${id}`, { name: 'secretive still' });
    const answers = [
      await rest('GET', `${ROOT}/${id}`),
      await rest('GET', `${ROOT}?limit=200`),
      await rest('GET', `${ROOT}/${id}/usage`),
      await rest('GET', `${ROOT}/stats/overview`),
      await rest('PUT', `${ROOT}/${id}`, {}),
      await rest('GET', '/trpc/admin.audit'),
      await rest('GET', '/metrics'),
      await rest('GET', '/openapi.json'),
      await rest('POST', `${ROOT}/${id}/revoke`),
      await rest('DELETE', `${ROOT}/${id}`),
    ];
    for (const answer of answers) expect(answer.text).not.toContain(token.slice(12, -4));
    expect(scene.output()).not.toContain(token.slice(12, -4));
  });

  it('of 250 tokens made at once each has a text of its own, which opens the API', async () => {
    const tokens = await Promise.all(Array.from({ length: 250 }, (_, number) => scene.createToken({ name: `one of many ${number}` })));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(250);
    const answers = await Promise.all(tokens.map(({ token }) => scene.call(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
