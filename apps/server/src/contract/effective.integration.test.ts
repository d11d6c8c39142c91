// Changes over three real servers on one database: in force everywhere when the answer says so, also those that nobody made through an API.
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AdminClient } from '../testing/admin-client.ts';
import { measureRevocations } from '../testing/measure-revocations.ts';
import { openReplicas, type Replicas } from '../testing/open-replicas.ts';
import { createProber, type Prober } from '../testing/probe.ts';
import { type Json, querySql } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let replicas: Replicas;
let admin: AdminClient;
let prober: Prober;
beforeAll(async () => {
  database = await createTestDatabase();
  replicas = await openReplicas([database.url, database.url, database.url]);
  admin = replicas.admins[0] as AdminClient;
  prober = createProber();
});
afterAll(async () => {
  prober?.close();
  await replicas?.close();
  await database?.drop();
});

const ROOT = '/api/api-tokens';
const EVERYWHERE = { gateways: 3, acknowledged: 3, ms: expect.any(Number), silent: [] };
const sql = (text: string, parameters: unknown[] = []) => querySql<Json>(database.url, text, parameters);
const createToken = (input: Json = {}) => admin.createToken({ name: 'Somebody', rate_limit: 1_000_000, ...input });

/** What each server answers to a request with the token: its status, and the code of a refusal. */
const askAll = (token: string) =>
  Promise.all(
    replicas.processes.map(async ({ url }) => {
      const { status, code } = await prober.send(url, token);
      return code ?? status;
    }),
  );

describe('a change that was answered', () => {
  it('is in force at each of three servers, for revocations, disables, deletions and narrower endpoints', async () => {
    const measured = await measureRevocations({
      replicas,
      count: 20,
      kinds: ['revoke', 'disable', 'delete', 'restrict'],
      concurrency: 2,
      loadPerSecond: 50,
    });
    expect(measured).toHaveLength(20);
    expect(measured.reduce((sum, { sentAfter }) => sum + sentAfter, 0)).toBeGreaterThan(20 * 3);
    expect(measured.filter(({ acceptedAfter }) => acceptedAfter > 0)).toEqual([]);
    for (const { effective } of measured) expect(effective).toEqual(EVERYWHERE);
  });

  it('says where it is in force, whatever it changed', async () => {
    const { id } = await createToken();
    const change = async (method: string, path: string, body?: Json) => (await admin.call(method, `${ROOT}/${path}`, body)).effective;
    for (const body of [{ active: false }, { active: true }, { rate_limit: 5 }, { scopes: ['read'] }, { expires_at: '2099-01-01' }]) {
      expect(await change('PUT', `${id}`, body), JSON.stringify(body)).toEqual(EVERYWHERE);
    }
    expect(await change('PUT', `${id}/trial`, { rate_limit: 3 })).toEqual(EVERYWHERE);
    expect(await change('POST', `${id}/trial/enforce`, {})).toEqual(EVERYWHERE);
    expect(await change('POST', `${id}/rotate`, { overlap_seconds: 60 })).toEqual(EVERYWHERE);
    const { secrets } = (await admin.call('GET', `${ROOT}/${id}/secrets`)) as { secrets: { id: number }[] };
    expect(await change('POST', `${id}/secrets/revoke`, { secret_id: secrets[0]?.id })).toEqual(EVERYWHERE);
    expect(await change('POST', 'import', { rows: [{ name: 'Imported', token: 'a token of another system' }] })).toEqual(EVERYWHERE);
    expect(await change('POST', 'delete-expired', { expired_before: '2020-01-01' })).toEqual(EVERYWHERE);
    expect(await change('POST', 'delete-expired', { expired_before: '2020-01-01', dry_run: true })).toBeNull();
    expect(await change('POST', 'owners/end', { owner_type: 'user', owner_id: '7' })).toEqual(EVERYWHERE);
    expect(await change('DELETE', `${id}`)).toEqual(EVERYWHERE);
  });

  it('lets a token that was just made, or imported, in at once everywhere', async () => {
    for (let round = 0; round < 5; round += 1) {
      expect(await askAll((await createToken()).token)).toEqual([200, 200, 200]);
      const text = `another system's token ${round}`;
      expect(await askAll(text)).toEqual(['INVALID_API_KEY', 'INVALID_API_KEY', 'INVALID_API_KEY']);
      await admin.call('POST', `${ROOT}/import`, { rows: [{ name: 'Imported', token: text, rate_limit: 1_000_000 }] });
      expect(await askAll(text)).toEqual([200, 200, 200]);
    }
  });
});

describe('SQL by hand', () => {
  it.each([
    ['update api_tokens set active = false where id = $1', 'KEY_DISABLED'],
    ['update api_tokens set revoked_at = now() where id = $1', 'KEY_REVOKED'],
    [`update api_tokens set expires_at = now() - interval '1 second' where id = $1`, 'KEY_EXPIRED'],
    [`update api_tokens set allowed_endpoints = '{/nothing}' where id = $1`, 'ENDPOINT_NOT_ALLOWED'],
    ['update api_tokens set remaining = 0, quota_epoch = quota_epoch + 1 where id = $1', 'USAGE_EXCEEDED'],
    [`update api_tokens set allowed_ips = '{192.0.2.1}' where id = $1`, 'IP_NOT_ALLOWED'],
    ['update api_tokens set rate_limit_max = 1 where id = $1', 'RATE_LIMITED'],
    [
      `update api_tokens set limits = '[{"name": "daily", "max": 1, "windowMs": 86400000, "algorithm": "fixed"}]' where id = $1`,
      'RATE_LIMITED',
    ],
    ['update api_token_secrets set revoked_at = now() where token_id = $1', 'KEY_REVOKED'],
    ['update api_token_secrets set digest = sha256(digest) where token_id = $1', 'INVALID_API_KEY'],
    ['delete from api_token_secrets where token_id = $1', 'INVALID_API_KEY'],
    ['delete from api_tokens where id = $1', 'INVALID_API_KEY'],
  ])('%s reaches every server', async (statement, code) => {
    const { id, token } = await createToken();
    expect(await askAll(token)).toEqual([200, 200, 200]);
    await sql(statement, [id]);
    await expect.poll(() => askAll(token), { timeout: 5_000, interval: 20 }).toEqual([code, code, code]);
  });

  it('that empties the table reaches every server', async () => {
    const { token } = await createToken();
    expect(await askAll(token)).toEqual([200, 200, 200]);
    await sql('truncate api_tokens cascade');
    await expect.poll(() => askAll(token), { timeout: 5_000, interval: 20 }).toEqual(Array(3).fill('INVALID_API_KEY'));
  });
});

describe('GET /api/api-tokens/gateways', () => {
  it('lists the servers with what each has applied', async () => {
    const list = () => admin.call('GET', `${ROOT}/gateways`) as Promise<{ gateways: Json[]; newest_version: number }>;
    await expect.poll(async () => (await list()).gateways.map(({ state }) => state), { timeout: 5_000 }).toEqual(['live', 'live', 'live']);
    await createToken();
    await expect
      .poll(
        async () => {
          const { gateways, newest_version: newest } = await list();
          return gateways.every(({ applied_version: applied }) => applied === newest);
        },
        { timeout: 5_000 },
      )
      .toBe(true);
    expect((await list()).gateways.map(({ name, threads, limiter_mode }) => [name, threads, limiter_mode])).toEqual([
      ['gateway-1', 1, 'memory'],
      ['gateway-2', 1, 'memory'],
      ['gateway-3', 1, 'memory'],
    ]);
  });
});

describe('a server that hangs', () => {
  it('is named, and the change is answered all the same', async () => {
    const [, , hung] = replicas.processes;
    hung?.child.kill('SIGSTOP');
    try {
      const { id } = await createToken();
      const { effective } = (await admin.call('POST', `${ROOT}/${id}/revoke`)) as { effective: Json };
      expect(effective).toMatchObject({ gateways: 3, acknowledged: 2, silent: [{ name: 'gateway-3', host: expect.any(String) }] });
    } finally {
      hung?.child.kill('SIGCONT');
    }
    const confirm = async () => {
      const { id } = await createToken();
      return ((await admin.call('POST', `${ROOT}/${id}/revoke`)) as { effective: Json }).effective.acknowledged;
    };
    await expect.poll(confirm, { timeout: 20_000 }).toBe(3);
  });
});
