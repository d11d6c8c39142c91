import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CreatedToken, type Json, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  scene = await openSceneWithDatabase();
}, 60_000);
afterAll(() => scene.close());

async function evidenceOf(token: CreatedToken, requests: number): Promise<Json & { endpoints: Json }> {
  const read = async () => (await scene.rest('GET', `/api/api-tokens/${token.id}/evidence?days=30`)).body as Json & { endpoints: Json };
  await expect.poll(async () => (await read()).requests).toBe(requests);
  return read();
}

async function callEach(token: CreatedToken, requests: readonly string[]): Promise<number[]> {
  const statuses = [];
  for (const text of requests) {
    const [method = '', path = ''] = text.split(' ');
    statuses.push((await scene.call(token.token, path, { method })).status);
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
