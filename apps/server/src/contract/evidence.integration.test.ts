import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CreatedToken, type Json, openSceneWithConfig, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  scene = await openSceneWithDatabase();
}, 60_000);
afterAll(() => scene.close());

async function evidenceOf(token: CreatedToken, requests: number, where: Scene = scene): Promise<Json & { endpoints: Json }> {
  const read = async () => (await where.rest('GET', `/api/api-tokens/${token.id}/evidence?days=30`)).body as Json & { endpoints: Json };
  await expect.poll(async () => (await read()).requests).toBe(requests);
  return read();
}

async function callEach(token: CreatedToken, requests: readonly string[], where: Scene = scene): Promise<number[]> {
  const statuses = [];
  for (const text of requests) {
    const [method = '', path = ''] = text.split(' ');
    statuses.push((await where.call(token.token, path, { method })).status);
  }
  return statuses;
}

describe('evidence', () => {
  it('sets granted patterns beside used endpoints: never used, wider than needed, and the tightest list that is enough', async () => {
    const allowed_endpoints = ['/products*', '/stores/*/brands', '/categories*'];
    const token = await scene.createToken({ name: 'wide', allowed_endpoints });
    await callEach(token, ['GET /products', 'GET /products/1', 'GET /products/2', 'GET /stores/1/brands', 'GET /products/none']);
    const { endpoints } = await evidenceOf(token, 5);
    expect(endpoints.granted).toMatchObject([
      { pattern: '/products*', requests: 3, is_wider: true },
      { pattern: '/stores/*/brands', requests: 1, is_wider: true },
      { pattern: '/categories*', requests: 0, last_at: null, is_wider: true },
    ]);
    expect(endpoints.suggested).toEqual(['GET /products', 'GET /products/*', 'GET /stores/*/brands']);
    expect(endpoints.failed_only).toMatchObject([{ endpoint: '/products/none', requests: 1 }]);
    expect(endpoints.impact).toMatchObject({ would_pass: 5, would_be_refused: 0 });
  });

  it('the suggestion, once it is enforced, lets the same requests pass and no others; then nothing is left to tighten', async () => {
    const token = await scene.createToken({ name: 'tightened' });
    const used = ['GET /products/1', 'GET /brands'];
    await callEach(token, used);
    const { endpoints } = await evidenceOf(token, 2);
    expect(endpoints).toMatchObject({ granted: null, suggested: ['GET /brands', 'GET /products/*'] });
    await scene.rest('PUT', `/api/api-tokens/${token.id}`, { allowed_endpoints: endpoints.suggested });
    expect(await callEach(token, [...used, 'GET /stores', 'DELETE /products/1'])).toEqual([200, 200, 403, 403]);
    const after = await evidenceOf(token, 6);
    expect(after.endpoints).toMatchObject({ suggested: null, impact: null, failed_only: [] });
  });

  it('says nothing about scopes where no rule says what a request needs', async () => {
    const token = await scene.createToken({ name: 'scoped', scopes: ['read'] });
    expect(await evidenceOf(token, 0)).toMatchObject({
      scopes: { known: false, held: [{ name: 'read', requests: 0 }], never_needed: [] },
      endpoints: { suggested: null, used: [] },
    });
  });
});

describe('evidence under access rules', () => {
  let ruled: Scene;
  beforeAll(async () => {
    ruled = await openSceneWithConfig({
      rules: [
        { endpoint: 'GET *', scopes: ['read'] },
        { endpoint: 'POST,PUT *', scopes: ['write'], permissions: { echo: ['send'] } },
        { endpoint: 'DELETE *', scopes: ['admin'], permissions: { echo: ['drop'], products: ['drop'] } },
        { endpoint: '/stores/2', scopes: ['second'] },
      ],
    });
  }, 60_000);
  afterAll(() => ruled.close());

  it('counts how often each scope and permission that is held was needed, and names those that never were', async () => {
    const scopes = ['admin', 'read', 'second', 'write'];
    const permissions = { echo: ['send', 'drop'], products: ['drop'] };
    const token = await ruled.createToken({ name: 'holds much', scopes, permissions });
    await callEach(token, ['GET /products', 'GET /products/1', 'GET /stores/2', 'POST /echo', 'PUT /echo'], ruled);
    const evidence = await evidenceOf(token, 5, ruled);
    expect(evidence.scopes).toEqual({
      known: true,
      held: [
        { name: 'admin', requests: 0 },
        { name: 'read', requests: 3 },
        { name: 'second', requests: 1 },
        { name: 'write', requests: 2 },
      ],
      never_needed: ['admin'],
    });
    expect(evidence.permitted_actions).toEqual({
      known: true,
      held: [
        { name: 'echo:send', requests: 2 },
        { name: 'echo:drop', requests: 0 },
        { name: 'products:drop', requests: 0 },
      ],
      never_needed: ['echo:drop', 'products:drop'],
    });
  });

  it('a token that is tightened to what it used and needed passes all of that, and nothing more', async () => {
    const token = await ruled.createToken({
      name: 'to be tightened',
      allowed_endpoints: ['*'],
      scopes: ['read', 'write', 'admin'],
      permissions: { echo: ['send', 'drop'] },
    });
    const used = ['GET /products', 'GET /products/1', 'GET /stores/1/brands', 'POST /echo', 'PUT /echo'];
    const answered = await callEach(token, used, ruled);
    expect(answered).toEqual([200, 200, 200, 200, 200]);
    const evidence = await evidenceOf(token, used.length, ruled);
    const { never_needed } = evidence.scopes as { never_needed: string[] };
    expect(evidence.endpoints).toMatchObject({
      granted: [{ pattern: '*', requests: 5, is_wider: true }],
      impact: { would_pass: 5, would_be_refused: 0, refused: [] },
    });
    const tightened = await ruled.rest('PUT', `/api/api-tokens/${token.id}`, {
      allowed_endpoints: evidence.endpoints.suggested,
      scopes: ['read', 'write', 'admin'].filter((scope) => !never_needed.includes(scope)),
      permissions: { echo: ['send'] },
    });
    expect(tightened.body).toMatchObject({ token: { scopes: ['read', 'write'] } });
    expect(await callEach(token, [...used, 'DELETE /echo', 'GET /brands'], ruled)).toEqual([...answered, 403, 403]);
    const after = await evidenceOf(token, used.length * 2 + 2, ruled);
    expect(after).toMatchObject({
      endpoints: { suggested: null },
      scopes: { never_needed: [] },
      permitted_actions: { never_needed: [] },
    });
  });
});

describe('what if', () => {
  const tryRules = (token: CreatedToken, body: Json) => scene.rest('POST', `/api/api-tokens/${token.id}/what-if`, body);

  it('says how many past requests a limit and a list would have refused, and changes nothing', async () => {
    const token = await scene.createToken({ name: 'what if' });
    await callEach(token, ['GET /products', 'GET /products', 'GET /products', 'GET /stores', 'GET /stores']);
    await expect.poll(async () => ((await tryRules(token, { rate_limit: 3 })).body as Json).requests).toBe(5);
    const limit = (await tryRules(token, { rate_limit: 3 })).body;
    expect(limit).toMatchObject({ refused: { total: 2, rate: 2 }, newly_refused: 2, limited_by: null, peak: 5 });
    expect((limit as Json).peak_share).toBeCloseTo(5 / 3);
    const list = (await tryRules(token, { allowed_endpoints: ['/products'], days: 1 })).body;
    expect(list).toMatchObject({ refused: { endpoint: 2 }, endpoints: [{ endpoint: '/stores', refused: 2 }], peak: null });
    const settings = (await scene.rest('GET', `/api/api-tokens/${token.id}`)).body as { token: Json };
    expect(settings.token).toMatchObject({ rate_limit: 100, allowed_endpoints: null, trial: null });
  });

  it('says so where the log does not reach back as far as asked', async () => {
    const token = await scene.createToken({ name: 'older' });
    expect((await tryRules(token, { rate_limit: 3, days: 30 })).body).toMatchObject({ limited_by: 'retention', requests: 0 });
  });

  it.each<[Json, string]>([
    [{}, 'rate_limit'],
    [{ rate_limit: 1, days: 31 }, 'days'],
    [{ allowed_endpoints: ['nonsense'] }, 'allowed_endpoints.0'],
  ])('400 for %j', async (body, path) => {
    const token = await scene.createToken({ name: 'strict' });
    const answer = await tryRules(token, body);
    expect(answer).toMatchObject({ status: 400, body: { details: expect.arrayContaining([expect.objectContaining({ path })]) } });
  });
});
