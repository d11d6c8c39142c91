import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CreatedToken, type Json, openSceneWithDatabase, querySql, type Scene } from './testing/open-scene.ts';

let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  scene = await openSceneWithDatabase();
}, 60_000);
afterAll(() => scene.close());

const trialPath = ({ id }: CreatedToken) => `/api/api-tokens/${id}/trial`;

async function change(method: string, path: string, body?: Json): Promise<Json> {
  const answer = await scene.rest(method, path, body);
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return (answer.body as { token: Json }).token;
}

const report = async (token: CreatedToken) => (await scene.rest('GET', trialPath(token))).body as Json;

async function auditOf(token: CreatedToken, action: string): Promise<Json[]> {
  const sql = 'select before, after, actor_name from audit_log where target_id = $1 and action = $2 order by id';
  return querySql(scene.databaseUrl, sql, [String(token.id), action]);
}

async function callTimes(token: CreatedToken, paths: readonly string[]): Promise<number[]> {
  const statuses = [];
  for (const path of paths) statuses.push((await scene.call(token.token, path)).status);
  return statuses;
}

describe('rules on trial', () => {
  it('refuse nothing, and are counted beside what really happened: by kind, by hour, by endpoint', async () => {
    const token = await scene.createToken({ name: 'on trial' });
    const proposed = await change('PUT', trialPath(token), { allowed_endpoints: ['GET /products*'], rate_limit: 3 });
    expect(proposed).toMatchObject({
      allowed_endpoints: null,
      rate_limit: 100,
      trial: { allowed_endpoints: ['GET /products*'], scopes: null, rate_limit: { max: 3, window_ms: 60_000, algorithm: 'fixed' } },
    });
    const paths = ['/products/1', '/stores', '/products/2', '/products/3', '/products/4', '/products/5', '/stores/1'];
    expect(new Set(await callTimes(token, paths))).toEqual(new Set([200]));
    await expect.poll(async () => (await report(token)).requests).toBe(7);
    expect(await report(token)).toMatchObject({
      requests: 7,
      denied: { total: 4, endpoint: 2, scope: 0, rate: 2 },
      hours_denied: 1,
      endpoints: [
        { endpoint: '/products/:id', method: 'GET', code: 'RATE_LIMITED', denied: 2 },
        { endpoint: '/stores', method: 'GET', code: 'ENDPOINT_NOT_ALLOWED', denied: 1 },
        { endpoint: '/stores/:id', method: 'GET', code: 'ENDPOINT_NOT_ALLOWED', denied: 1 },
      ],
    });
    const range = { tokenId: token.id, from: hourFromNow(-1), to: hourFromNow(1), bucket: 'hour' };
    const { points } = (await scene.query('usage.series', range)) as { points: { requests: number; ok: number; trialDenied: number }[] };
    const total = points.reduce((sum, point) => ({ ok: sum.ok + point.ok, denied: sum.denied + point.trialDenied }), { ok: 0, denied: 0 });
    expect(total).toEqual({ ok: 7, denied: 4 });
    expect(await auditOf(token, 'token.set_trial')).toMatchObject([
      { before: { trial: null }, after: { trial: { allowedEndpoints: ['GET /products*'], rateLimit: { max: 3 } } } },
    ]);
  });

  it('do not touch the real window', async () => {
    const token = await scene.createToken({ name: 'real window', rate_limit: 4 });
    await change('PUT', trialPath(token), { rate_limit: 1 });
    expect(await callTimes(token, ['/products', '/products', '/products', '/products', '/products'])).toEqual([200, 200, 200, 200, 429]);
    await expect.poll(async () => (await report(token)).denied).toMatchObject({ rate: 3, total: 3 });
    expect(await report(token)).toMatchObject({ requests: 4 });
  });
});

describe('enforcing', () => {
  it('makes them real from the next request, with one audit row, and ends the trial', async () => {
    const token = await scene.createToken({ name: 'enforced' });
    const { trial } = await change('PUT', trialPath(token), { allowed_endpoints: ['/stores'], rate_limit: 7, rate_limit_window_ms: 2_000 });
    expect((await scene.call(token.token, '/products')).status).toBe(200);
    const since = (trial as Json).since;
    expect(await change('POST', `${trialPath(token)}/enforce`, { since })).toMatchObject({
      allowed_endpoints: ['/stores'],
      rate_limit: 7,
      rate_limit_window_ms: 2_000,
      trial: null,
    });
    expect((await scene.call(token.token, '/products')).body).toMatchObject({ code: 'ENDPOINT_NOT_ALLOWED' });
    const audited = await auditOf(token, 'token.enforce_trial');
    expect(audited).toHaveLength(1);
    expect(audited[0]).toMatchObject({ after: { allowedEndpoints: ['/stores'], rateLimit: 7, trial: null } });
  });

  it('409 for other rules than those that were looked at, and where nothing is on trial; nothing changes', async () => {
    const token = await scene.createToken({ name: 'raced' });
    expect((await scene.rest('POST', `${trialPath(token)}/enforce`, {})).status).toBe(409);
    await change('PUT', trialPath(token), { rate_limit: 5 });
    const stale = await scene.rest('POST', `${trialPath(token)}/enforce`, { since: '2026-01-01T00:00:00.000Z' });
    expect(stale).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await change('PUT', `/api/api-tokens/${token.id}`, {})).toMatchObject({ rate_limit: 100, trial: { rate_limit: { max: 5 } } });
  });
});

describe('dropping', () => {
  it('ends the trial and changes nothing else; again and again', async () => {
    const token = await scene.createToken({ name: 'dropped', rate_limit: 9 });
    await change('PUT', trialPath(token), { rate_limit: 1 });
    expect(await change('DELETE', trialPath(token))).toMatchObject({ trial: null, rate_limit: 9 });
    expect(await change('DELETE', trialPath(token))).toMatchObject({ trial: null });
    await callTimes(token, ['/products', '/products']);
    expect(await report(token)).toMatchObject({ trial: null, requests: 0, denied: { total: 0 } });
    expect(await auditOf(token, 'token.clear_trial')).toHaveLength(1);
  });
});

describe('refused', () => {
  it.each<[Json, string]>([
    [{}, 'rate_limit'],
    [{ rate_limit: 0 }, 'rate_limit'],
    [{ allowed_endpoints: ['products'] }, 'allowed_endpoints.0'],
  ])('400 for %j', async (body, path) => {
    const token = await scene.createToken({ name: 'strict' });
    const answer = await scene.rest('PUT', trialPath(token), body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ details: expect.arrayContaining([expect.objectContaining({ path })]) });
    expect(await report(token)).toMatchObject({ trial: null });
  });

  it('409 for a revoked token', async () => {
    const token = await scene.createToken({ name: 'revoked' });
    await scene.rest('POST', `/api/api-tokens/${token.id}/revoke`);
    expect((await scene.rest('PUT', trialPath(token), { rate_limit: 1 })).status).toBe(409);
  });
});

function hourFromNow(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}
