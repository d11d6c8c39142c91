// Tokens that manage tokens (S0-01…44, C-13), over the real server: `/api/tokens` with nothing but an API token.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Answer, bearer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { createTestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, type Json, makeDirectory, openScene, querySql, type Scene } from './testing/open-scene.ts';
import { openRecordedScene, type RecordedScene } from './testing/recording-upstream.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let scene: RecordedScene;
beforeAll(async () => {
  scene = await openRecordedScene();
});
afterAll(() => scene?.close());

let count = 0;
/** A token of an owner that has no other. */
function ownedToken(settings: Json = {}, owner = `${++count}`): Promise<CreatedToken> {
  return scene.createToken({ name: `of client ${owner}`, owner_type: 'client', owner_id: owner, ...settings });
}

const ownerlessToken = (settings: Json = {}) => scene.createToken({ name: 'of nobody', ...settings });
const mintAnswer = (token: string, options: Parameters<Scene['call']>[2] = {}) =>
  scene.call(token, '/tokens', { method: 'POST', ...options });
const revoke = (token: string, id: number | string) => scene.call(token, `/tokens/${id}`, { method: 'DELETE' });

async function mint(token: string): Promise<string> {
  const answer = await mintAnswer(token);
  expect(answer.status).toBe(201);
  return String(answer.body?.token);
}

async function list(token: string, search = ''): Promise<Json & { tokens: Json[]; total: number }> {
  const answer = await scene.call(token, `/tokens${search}`);
  expect(answer.status).toBe(200);
  return answer.body as Json & { tokens: Json[]; total: number };
}

/** What administrators see of the newest token. */
async function newest(): Promise<Json & { id: number }> {
  const { body } = await scene.rest('GET', '/api/api-tokens?sort=id&order=desc&limit=1');
  const [token] = (body as { tokens: (Json & { id: number })[] }).tokens;
  if (token === undefined) throw new Error('There is no token.');
  return token;
}

async function mintAndLook(token: string): Promise<{ text: string; token: Json & { id: number } }> {
  const text = await mint(token);
  return { text, token: await newest() };
}

const isGood = async (token: string) => (await scene.call(token)).status === 200;

describe('POST /api/tokens', () => {
  it('answers 201 with the text of a new token, and that works at once (S0-07, S0-28, S0-29)', async () => {
    const { token } = await ownedToken();
    const answer = await mintAnswer(token);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ token: expect.stringMatching(/^lk_live_[0-9A-Za-z]{42}$/) });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-ratelimit-remaining']).toBe('99');
    expect(await isGood(String(answer.body?.token))).toBe(true);
  });

  it.each([
    ['nothing', {}],
    [
      'JSON with members that would change it',
      { headers: ['Content-Type', 'application/json'], body: '{"expires_in":1,"scopes":["admin"],"name":"x"}' },
    ],
    ['what is no JSON', { headers: ['Content-Type', 'application/json'], body: '{' }],
    ['a form', { headers: ['Content-Type', 'application/x-www-form-urlencoded'], body: 'expires_in=1' }],
  ])('reads no input: %s makes the same token (S0-06, S0-29)', async (_case, options) => {
    const { token } = await ownedToken({ scopes: ['read'] });
    expect((await mintAnswer(token, options)).status).toBe(201);
    expect(await newest()).toMatchObject({ scopes: ['read'], expires_at: null, name: expect.stringMatching(/^Made by token \d+$/) });
  });

  it('gives the text this once: no list and no administrator sees it again (S0-08)', async () => {
    const { token } = await ownedToken();
    const { text, token: child } = await mintAndLook(token);
    const seen = [await list(token), (await scene.rest('GET', `/api/api-tokens/${child.id}`)).body];
    expect(JSON.stringify(seen)).not.toContain(text);
    expect(JSON.stringify(seen)).not.toContain(text.slice('lk_live_'.length, -4));
  });

  it('lets one owner have many tokens at the same time (S0-02)', async () => {
    const { token } = await ownedToken();
    const texts = await Promise.all(Array.from({ length: 8 }, () => mint(token)));
    expect(new Set(texts).size).toBe(8);
    expect(await Promise.all(texts.map(isGood))).toEqual(texts.map(() => true));
    expect((await list(token)).total).toBe(9);
  });

  it('hands down environment, endpoints, scopes, permissions, limit and expiry', async () => {
    const settings = {
      environment: 'test',
      allowed_endpoints: ['/products*', '/tokens'],
      scopes: ['read', 'write'],
      permissions: { projects: ['read'] },
      rate_limit: 17,
      rate_limit_window_ms: 30_000,
      rate_limit_algorithm: 'sliding',
      limits: [{ name: 'daily', max: 1_000, window_ms: 86_400_000, algorithm: 'fixed' }],
      allowed_ips: ['127.0.0.0/8'],
      expires_at: '2999-01-01T00:00:00.000Z',
    };
    const { token } = await ownedToken(settings);
    const { text, token: child } = await mintAndLook(token);
    expect(child).toMatchObject({ ...settings, owner_type: 'client', owner_id: `${count}` });
    expect(text).toMatch(/^lk_test_/);
  });

  it('counts the new token by itself', async () => {
    const { token } = await ownedToken({ rate_limit: 2 });
    const text = await mint(token);
    expect([await isGood(token), await isGood(token)]).toEqual([true, false]);
    expect([await isGood(text), await isGood(text), await isGood(text)]).toEqual([true, true, false]);
  });

  it('never gives a token that is restricted to other endpoints another one', async () => {
    const { token } = await ownedToken({ allowed_endpoints: ['/products*'] });
    const { total } = (await scene.rest('GET', '/api/api-tokens?limit=1')).body as { total: number };
    const answer = await mintAnswer(token);
    expect(answer).toMatchObject({ status: 403, body: { error: 'Endpoint not allowed', code: 'ENDPOINT_NOT_ALLOWED' } });
    const readOnly = await ownedToken({ allowed_endpoints: ['GET /tokens*'] });
    expect((await mintAnswer(readOnly.token)).status).toBe(403);
    expect((await list(readOnly.token)).total).toBe(1);
    expect((await scene.rest('GET', '/api/api-tokens?limit=1')).body).toMatchObject({ total: total + 1 });
  });

  it('makes nothing for a token with a quota, which would have as much again: 409', async () => {
    const { token } = await ownedToken({ remaining: 5 });
    expect(await mintAnswer(token)).toMatchObject({ status: 409, body: { code: 'CONFLICT', message: expect.stringContaining('quota') } });
    expect((await list(token)).total).toBe(1);
  });

  it('is written down with the token as the one who did it', async () => {
    const parent = await ownedToken();
    const { token: child } = await mintAndLook(parent.token);
    await revoke(parent.token, child.id);
    const { entries } = await scene.query('admin.audit', { targetType: 'token', targetId: `${child.id}`, limit: 2, offset: 0 });
    const who = { actorId: `token:${parent.id}`, actorName: `token ${parent.id} (${parent.name})`, ipAddress: '127.0.0.1' };
    expect(entries).toMatchObject([
      { action: 'token.revoke', ...who },
      { action: 'token.create', ...who },
    ]);
    expect(await newest()).toMatchObject({ id: child.id, created_by: `token:${parent.id}` });
  });
});

describe('a token without an owner', () => {
  it('owns what it makes, and itself (S0-39)', async () => {
    const root = await ownerlessToken();
    const { text, token: child } = await mintAndLook(root.token);
    expect(child).toMatchObject({ owner_type: 'token', owner_id: `${root.id}` });
    expect((await list(root.token)).tokens.map(({ id, current }) => ({ id, current }))).toEqual([
      { id: child.id, current: false },
      { id: root.id, current: true },
    ]);
    const { token: grandchild } = await mintAndLook(text);
    expect(grandchild).toMatchObject({ owner_type: 'token', owner_id: `${root.id}` });
    expect((await list(text)).tokens.map(({ id }) => id)).toEqual([grandchild.id, child.id]);
  });

  it('sees nothing of other tokens without an owner', async () => {
    const [mine, other] = [await ownerlessToken(), await ownerlessToken()];
    expect((await list(mine.token)).total).toBe(1);
    expect((await revoke(mine.token, other.id)).status).toBe(404);
    expect(await isGood(other.token)).toBe(true);
  });

  it('is not ended by what it has made', async () => {
    const root = await ownerlessToken();
    expect((await revoke(await mint(root.token), root.id)).status).toBe(404);
    expect(await isGood(root.token)).toBe(true);
  });
});

describe('GET /api/tokens', () => {
  it('lists all tokens of the owner, revoked and expired ones included, masked (S0-12)', async () => {
    const { token, id } = await ownedToken();
    const owner = `${count}`;
    const expired = await ownedToken({}, owner);
    await scene.rest('PUT', `/api/api-tokens/${expired.id}`, { expires_at: '2001-01-01' });
    const revoked = await ownedToken({}, owner);
    await revoke(token, revoked.id);
    await ownedToken();
    const { tokens, ...page } = await list(token);
    expect(page).toEqual({ total: 3, limit: 50, offset: 0 });
    expect(tokens).toMatchObject([
      { id: revoked.id, status: 'revoked', revoked_at: expect.stringMatching(/Z$/) },
      { id: expired.id, status: 'expired', expires_at: '2001-01-01T00:00:00.000Z', revoked_at: null },
      { id, status: 'active', prefix: 'lk_live_', last4: token.slice(-4), current: true },
    ]);
    for (const one of tokens)
      for (const member of ['token', 'digest', 'description', 'metadata', 'created_by']) expect(one).not.toHaveProperty(member);
  });

  it('is paged, and says what is wrong with a page', async () => {
    const { token } = await ownedToken();
    const texts = [await mint(token), await mint(token)];
    expect(texts).toHaveLength(2);
    const { tokens, total } = await list(token, '?limit=1&offset=1&colour=blue');
    expect({ total, length: tokens.length }).toEqual({ total: 3, length: 1 });
    for (const search of ['?limit=0', '?limit=201', '?limit=1e1', '?offset=-1', '?limit=1&limit=2']) {
      const answer = await scene.call(token, `/tokens${search}`);
      expect(answer, search).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ message: expect.any(String) }] } });
    }
  });

  it('shows when a token was last used, to its owner and to administrators (S0-17, S0-43)', async () => {
    const { token, id } = await ownedToken();
    const before = Date.now();
    expect(await isGood(token)).toBe(true);
    const lastUsed = async () => Date.parse(String((await list(token)).tokens[0]?.last_used_at));
    await expect.poll(lastUsed, { timeout: 10_000 }).toBeGreaterThanOrEqual(before);
    const { body } = await scene.rest('GET', `/api/api-tokens/${id}`);
    expect(Date.parse(String((body as { token: Json }).token.last_used_at))).toBeGreaterThanOrEqual(before);
  });
});

describe('DELETE /api/tokens/:id', () => {
  it('revokes for good with 204 and nothing else, and again and again (S0-19, S0-31, S0-33)', async () => {
    const { token } = await ownedToken();
    const { text, token: child } = await mintAndLook(token);
    for (const _ of [1, 2, 3]) {
      const answer = await revoke(token, child.id);
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
    }
    expect(await scene.call(text)).toMatchObject({ status: 401, body: { error: 'Token has been revoked', code: 'KEY_REVOKED' } });
    const { body } = await scene.rest('GET', `/api/api-tokens/${child.id}`);
    expect(body).toMatchObject({ token: { status: 'revoked', revoked_at: expect.stringMatching(/Z$/), active: false } });
  });

  it('leaves the other tokens of the owner working (S0-03)', async () => {
    const { token } = await ownedToken();
    const [one, two] = [await mintAndLook(token), await mintAndLook(token)];
    expect((await revoke(two.text, one.token.id)).status).toBe(204);
    expect([await isGood(one.text), await isGood(two.text), await isGood(token)]).toEqual([false, true, true]);
  });

  it('ends the very token that calls: 204, then 401 (S0-34)', async () => {
    const { token, id } = await ownedToken();
    expect((await revoke(token, id)).status).toBe(204);
    expect(await revoke(token, id)).toMatchObject({ status: 401, body: { code: 'KEY_REVOKED' } });
    expect((await mintAnswer(token)).status).toBe(401);
  });

  it('keeps the moment of the first revocation, and nothing brings the token back (S0-20, S0-21, S0-41)', async () => {
    const { token } = await ownedToken();
    const { token: child } = await mintAndLook(token);
    const revokedAt = async () => (await list(token)).tokens.find(({ id }) => id === child.id)?.revoked_at;
    expect(await revokedAt()).toBeNull();
    await revoke(token, child.id);
    const first = await revokedAt();
    await revoke(token, child.id);
    expect(await revokedAt()).toBe(first);
    expect((await scene.rest('PUT', `/api/api-tokens/${child.id}`, { active: true })).status).toBe(409);
    expect(await revokedAt()).toBe(first);
  });

  it('does not find the token of somebody else, or none, in the same words (S0-32)', async () => {
    const { token } = await ownedToken();
    const foreign = await ownedToken();
    const answers = await Promise.all(
      [foreign.id, 2_000_000_000, '0', 'abc', '1e3', '99999999999999999999', '-1', '1%20'].map((id) => revoke(token, id)),
    );
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { error: 'Not found', code: 'NOT_FOUND' } });
    const words = ({ body }: Answer, id: number) => String(body?.message).replace(`${id}`, '#');
    const [ofForeign, ofNone] = answers;
    if (!ofForeign || !ofNone) throw new Error('There are no answers.');
    expect(words(ofForeign, foreign.id)).toBe(words(ofNone, 2_000_000_000));
    expect(await isGood(foreign.token)).toBe(true);
  });
});

describe('who may come here', () => {
  const UNKNOWN = createTokenText('lk_live_');

  it('only an API token: an administrator JWT and a session are refused (C-13)', async () => {
    expect(await scene.call(scene.admin.jwt, '/tokens')).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } });
    const withSession = await send(scene.url, { path: '/api/tokens', headers: ['Cookie', scene.admin.cookie] });
    expect(withSession).toMatchObject({ status: 401, body: { code: 'MISSING_API_KEY' } });
  });

  it('every failed authentication is 401 with the words of its cause (S0-15, S0-16, S0-18, S0-24, S0-25)', async () => {
    const missing = await send(scene.url, { method: 'POST', path: '/api/tokens' });
    expect(missing).toMatchObject({ status: 401, body: { error: 'Authentication required', code: 'MISSING_API_KEY' } });
    const revoked = await ownedToken();
    await revoke(revoked.token, revoked.id);
    const expired = await ownedToken();
    await scene.rest('PUT', `/api/api-tokens/${expired.id}`, { expires_at: '2001-01-01' });
    const causes: [string, string][] = [
      [UNKNOWN, 'Invalid token'],
      ['not-a-token', 'Invalid token'],
      [revoked.token, 'Token has been revoked'],
      [expired.token, 'Token has expired'],
    ];
    for (const [token, error] of causes) {
      for (const answer of [await scene.call(token, '/tokens'), await mintAnswer(token), await revoke(token, revoked.id)]) {
        expect(answer).toMatchObject({ status: 401, body: { error } });
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
      }
    }
  });

  it('the token in the header alone: without a cookie, from any page, and no session begins (S0-22, S0-26)', async () => {
    const { token } = await ownedToken();
    const headers = ['Origin', 'https://elsewhere.example', 'Sec-Fetch-Site', 'cross-site', 'Cookie', scene.admin.cookie];
    const answer = await mintAnswer(token, { headers });
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('a value without a scheme is the token, as a whole (S0-23)', async () => {
    const { token } = await ownedToken();
    expect((await send(scene.url, { method: 'POST', path: '/api/tokens', headers: ['Authorization', token] })).status).toBe(201);
  });

  it('other methods are told which there are', async () => {
    const { token, id } = await ownedToken();
    const answers = [await scene.call(token, '/tokens', { method: 'PUT' }), await scene.call(token, `/tokens/${id}`)];
    expect(answers.map(({ status, headers }) => [status, headers.allow])).toEqual([
      [405, 'GET, HEAD, POST'],
      [405, 'DELETE'],
    ]);
  });

  it('every call is limited and recorded like any other', async () => {
    const { token, id } = await ownedToken({ rate_limit: 2 });
    const statuses = [(await scene.call(token, '/tokens')).status, (await mintAnswer(token)).status, (await mintAnswer(token)).status];
    expect(statuses).toEqual([200, 201, 429]);
    const recorded = async () => (await scene.rest('GET', `/api/api-tokens/${id}/usage`)).body?.recent_requests;
    await expect.poll(recorded, { timeout: 10_000 }).toMatchObject([
      { endpoint: '/tokens', method: 'POST', status_code: 429 },
      { endpoint: '/tokens', method: 'POST', status_code: 201 },
      { endpoint: '/tokens', method: 'GET', status_code: 200 },
    ]);
  });

  it('nothing of it reaches the upstream, and paths beside it do', async () => {
    const { token } = await ownedToken();
    scene.upstream.received.length = 0;
    await mint(token);
    await list(token);
    expect(scene.upstream.received).toEqual([]);
    for (const beside of ['/tokens/1/usage', '/tokens/', '/tokensmith', '/v1/tokens'])
      expect((await scene.call(token, beside)).status).toBe(200);
    expect(scene.upstream.received.map(({ url }) => url)).toEqual(['/tokens/1/usage', '/tokens/', '/tokensmith', '/v1/tokens']);
  });
});

describe('what a handler gets', () => {
  it('is the owner of the token, so that it can answer with what belongs to it (S0-01, S0-13, S0-27, S0-35, S0-36)', async () => {
    const mine = await ownedToken();
    const owner = `${count}`;
    const child = await mint(mine.token);
    const theirs = await ownedToken();
    scene.upstream.received.length = 0;
    for (const token of [mine.token, child, theirs.token]) await scene.call(token, '/resources');
    expect(scene.upstream.received.map(({ headers }) => headers['x-latchkey-owner'])).toEqual([
      `client:${owner}`,
      `client:${owner}`,
      `client:${count}`,
    ]);
  });

  it('is nothing that a client said about itself', async () => {
    const { token } = await ownedToken();
    scene.upstream.received.length = 0;
    await scene.call(token, '/resources', { headers: ['X-Latchkey-Owner', 'client:1', 'x-latchkey-token-id', '1'] });
    expect(scene.upstream.received[0]?.headers['x-latchkey-owner']).toBe(`client:${count}`);
  });
});

describe('what is stored', () => {
  it('is an HMAC-SHA-256 of 32 bytes under a unique index, with all instants, and never the text (S0-14, S0-37, S0-38, S0-40, S0-42)', async () => {
    const { token } = await ownedToken();
    const { text, token: child } = await mintAndLook(token);
    const rows = await querySql<{ row: string; created: Date; updated: Date }>(
      scene.databaseUrl,
      'select t::text as row, created_at as created, updated_at as updated from api_tokens t where id = $1',
      [child.id],
    );
    expect(rows[0]?.row).not.toContain(text);
    expect(rows[0]?.row).not.toContain(text.slice('lk_live_'.length, -4));
    expect(rows[0]?.created).toBeInstanceOf(Date);
    expect(rows[0]?.updated).toBeInstanceOf(Date);
    const secrets = await querySql(
      scene.databaseUrl,
      'select digest_algorithm as algorithm, octet_length(digest) as bytes from api_token_secrets where token_id = $1',
      [child.id],
    );
    expect(secrets).toEqual([{ algorithm: 'hmac-sha256', bytes: 32 }]);
    const twice = `insert into api_token_secrets (token_id, digest, digest_algorithm, prefix, start, last4, superseded_at)
      select token_id, digest, digest_algorithm, prefix, start, last4, now() from api_token_secrets where token_id = $1`;
    await expect(querySql(scene.databaseUrl, twice, [child.id])).rejects.toThrow('api_token_secrets_digest_unique');
    const [instants] = await querySql(
      scene.databaseUrl,
      'select owner_type, owner_id, last_used_at, expires_at, revoked_at from api_tokens where id = $1',
      [child.id],
    );
    expect(instants).toEqual({ owner_type: 'client', owner_id: `${count}`, last_used_at: null, expires_at: null, revoked_at: null });
  });
});

describe('by the policy', () => {
  const POLICY = {
    keyTypes: { secret: { prefix: 'sk' }, publishable: { prefix: 'pk', revocable: false, public: true } },
    environments: { live: { prefixSegment: 'live' } },
    owners: { small: { maxTokens: 2 } },
    expiry: { default: 7_776_000 },
  };
  let policed: Scene;
  let databaseUrl: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const opened = await openWithPolicy(POLICY);
    ({ scene: policed, databaseUrl, close } = opened);
  });
  afterAll(() => close?.());

  it('a new token lives for the default time, and the parent’s own end comes first (S0-10, S0-11, S0-30)', async () => {
    const lasting = await policed.createToken({ name: 'lasting', owner_type: 'client', owner_id: '1', expires_at: null });
    expect(lasting.expires_at).toBeNull();
    const before = Date.now();
    expect((await policed.call(lasting.token, '/tokens', { method: 'POST' })).status).toBe(201);
    const short = await policed.createToken({ name: 'short', owner_type: 'client', owner_id: '2', expires_in: 60 });
    expect((await policed.call(short.token, '/tokens', { method: 'POST' })).status).toBe(201);
    const [last] = ((await policed.call(lasting.token, '/tokens')).body as { tokens: Json[] }).tokens;
    const life = Date.parse(String(last?.expires_at)) - before;
    expect(life).toBeGreaterThanOrEqual(7_776_000_000);
    expect(life).toBeLessThan(7_776_060_000);
    const [early] = ((await policed.call(short.token, '/tokens')).body as { tokens: Json[] }).tokens;
    expect(early?.expires_at).toBe(short.expires_at);
  });

  it('key type and prefix are handed down', async () => {
    const parent = await policed.createToken({ name: 'typed', key_type: 'secret', owner_type: 'client', owner_id: '3' });
    const { body } = await policed.call(parent.token, '/tokens', { method: 'POST' });
    expect(String(body?.token)).toMatch(/^sk_live_/);
  });

  it('an owner has no more tokens than it may, however many are made at once: 422', async () => {
    const parent = await policed.createToken({ name: 'one of two', owner_type: 'small', owner_id: '1' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => policed.call(parent.token, '/tokens', { method: 'POST' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422]);
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({ error: 'Limit reached', code: 'LIMIT_REACHED' });
    const [count] = await querySql(databaseUrl, `select count(*)::int as count from api_tokens where owner_type = 'small'`);
    expect(count).toEqual({ count: 2 });
  });

  it('a token whose type can not be revoked is not: 409, and it goes on', async () => {
    const parent = await policed.createToken({ name: 'public', key_type: 'publishable', owner_type: 'client', owner_id: '4' });
    const answer = await policed.call(parent.token, `/tokens/${parent.id}`, { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'CONFLICT', message: expect.stringContaining('publishable') } });
    expect((await policed.call(parent.token)).status).toBe(200);
  });
});

describe('switched off', () => {
  it('/api/tokens is the upstream’s, like any other path (S0-04)', async () => {
    const { scene: without, close } = await openWithPolicy({ selfManagement: false }, { LATCHKEY_UPSTREAM_URL: scene.upstream.url });
    try {
      const { token, id } = await without.createToken({ name: 'plain' });
      scene.upstream.received.length = 0;
      expect((await without.call(token, '/tokens', { method: 'POST' })).status).toBe(200);
      expect((await without.call(token, `/tokens/${id}`, { method: 'DELETE' })).status).toBe(200);
      expect((await send(without.url, { path: '/api/tokens', headers: bearer(createTokenText('lk_live_')) })).status).toBe(401);
      expect(scene.upstream.received.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /tokens', `DELETE /tokens/${id}`]);
      expect((await without.call(token)).status).toBe(200);
    } finally {
      await close();
    }
  });
});

async function openWithPolicy(policy: object, env: Readonly<Record<string, string>> = {}) {
  const directory = await makeDirectory();
  const file = path.join(directory, 'latchkey.config.mjs');
  await writeFile(file, `export default ${JSON.stringify(policy)};\n`);
  const database = await createTestDatabase();
  const opened = await openScene({ databaseUrl: database.url, env: { LATCHKEY_CONFIG: file, ...env } });
  const close = async () => {
    await opened.close();
    await database.drop();
  };
  return { scene: opened, databaseUrl: database.url, close };
}
