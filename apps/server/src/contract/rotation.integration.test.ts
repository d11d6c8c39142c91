import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CreatedToken, type Json, openSceneWithDatabase, querySql, type Scene } from './testing/open-scene.ts';

let scene: Scene & { readonly databaseUrl: string };

beforeAll(async () => {
  scene = await openSceneWithDatabase();
});
afterAll(() => scene.close());

interface Rotated extends Json {
  readonly token: CreatedToken;
  readonly secrets: { id: number; state: string; last_ip: string | null; requests_24h: number; total_requests: number }[];
}

async function rotate(id: number, body: Json = {}): Promise<Rotated> {
  const answer = await scene.rest('POST', `/api/api-tokens/${id}/rotate`, body);
  expect(answer.status).toBe(200);
  return answer.body as Rotated;
}

const statusOf = async (text: string) => (await scene.call(text)).status;

describe('a rotation', () => {
  it('keeps id, history and limits: both secrets work, count on one limit, and each is told apart', async () => {
    const token = await scene.createToken({ name: 'rotated', rate_limit: 5 });
    expect(await statusOf(token.token)).toBe(200);
    const { token: rotated } = await rotate(token.id);
    expect(rotated.id).toBe(token.id);
    expect(rotated.token).not.toBe(token.token);
    expect([
      await statusOf(token.token),
      await statusOf(rotated.token),
      await statusOf(token.token),
      await statusOf(rotated.token),
    ]).toEqual([200, 200, 200, 200]);
    expect([await statusOf(token.token), await statusOf(rotated.token)]).toEqual([429, 429]);
    const secrets = async () =>
      ((await scene.rest('GET', `/api/api-tokens/${token.id}/secrets`)).body as Rotated).secrets.map((secret) => ({
        state: secret.state,
        requests: secret.requests_24h,
        ip: secret.last_ip,
      }));
    await expect.poll(secrets, { interval: 50, timeout: 15_000 }).toEqual([
      { state: 'overlapping', requests: 4, ip: '127.0.0.1' },
      { state: 'current', requests: 3, ip: '127.0.0.1' },
    ]);
    const listed = (await scene.rest('GET', `/api/api-tokens/${token.id}`)).body as { token: Json };
    expect(listed.token).toMatchObject({ total_requests: 7, old_secret_in_use: true });
  });

  it('without an overlap refuses the old secret from the next request on, as revoked', async () => {
    const token = await scene.createToken({ name: 'leaked' });
    expect(await statusOf(token.token)).toBe(200);
    const { token: rotated } = await rotate(token.id, { overlap_seconds: 0 });
    const refused = await scene.call(token.token);
    expect(refused).toMatchObject({ status: 401, body: { code: 'KEY_REVOKED', error: 'Token has been revoked' } });
    expect((refused.body as Json).message).toMatch(/replaced by a newer one/);
    expect(await statusOf(rotated.token)).toBe(200);
  });

  it('ends the old secret at the end of the overlap by itself, without a look-up', async () => {
    const token = await scene.createToken({ name: 'short overlap' });
    await rotate(token.id, { overlap_seconds: 1 });
    expect(await statusOf(token.token)).toBe(200);
    await querySql(scene.databaseUrl, 'select pg_sleep(1)');
    expect(await statusOf(token.token)).toBe(401);
  });

  it.each([
    [{ overlap_seconds: -1 }, 'overlap_seconds'],
    [{ overlap_seconds: 604_801 }, 'overlap_seconds'],
    [{ overlap_seconds: 1.5 }, 'overlap_seconds'],
    [{ overlap_seconds: 'soon' }, 'overlap_seconds'],
    [{ quiet_hours: 0 }, 'quiet_hours'],
    [{ quiet_hours: 169 }, 'quiet_hours'],
    [{ overlap_seconds: 5, quiet_hours: 1 }, 'quiet_hours'],
  ])('refuses %j and changes nothing', async (body, member) => {
    const token = await scene.createToken({ name: 'as it was' });
    const answer = await scene.rest('POST', `/api/api-tokens/${token.id}/rotate`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ path: member }] } });
    expect(((await scene.rest('GET', `/api/api-tokens/${token.id}/secrets`)).body as Rotated).secrets).toHaveLength(1);
  });

  it('of a revoked token is a conflict', async () => {
    const token = await scene.createToken({ name: 'gone' });
    await scene.rest('POST', `/api/api-tokens/${token.id}/revoke`);
    expect(await scene.rest('POST', `/api/api-tokens/${token.id}/rotate`, {})).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });
});

describe('revoking', () => {
  it('one secret leaves the other; all of them is revoking the token', async () => {
    const token = await scene.createToken({ name: 'one of two' });
    const { token: rotated, secrets } = await rotate(token.id);
    const answer = await scene.rest('POST', `/api/api-tokens/${token.id}/secrets/revoke`, { secret_id: secrets[0]?.id });
    expect(answer.status).toBe(200);
    expect([await statusOf(token.token), await statusOf(rotated.token)]).toEqual([401, 200]);
    const last = await scene.rest('POST', `/api/api-tokens/${token.id}/secrets/revoke`, { secret_id: secrets[1]?.id });
    expect(last).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    await scene.rest('POST', `/api/api-tokens/${token.id}/revoke`);
    expect(await statusOf(rotated.token)).toBe(401);
  });
});

it('tells how many tokens hang on each token secret', async () => {
  const { versions } = (await scene.query('admin.tokenSecrets')) as { versions: Json[] };
  expect(versions).toEqual([{ version: expect.any(Number), isNewest: true, isConfigured: true, tokens: expect.any(Number) }]);
  expect(Number(versions[0]?.tokens)).toBeGreaterThan(0);
});
