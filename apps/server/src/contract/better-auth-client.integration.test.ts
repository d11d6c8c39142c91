import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { API_KEY_ERROR_CODES, apiKeyClient } from '@better-auth/api-key/client';
import { createAuthClient } from 'better-auth/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory, openSceneWithDatabase, type Scene } from './testing/open-scene.ts';

const CONFIGURATION = `export default {
  apiKeyConfigurations: [
    {},
    { configId: 'partner', enableMetadata: true, defaultPrefix: 'partner_', rateLimit: { timeWindow: 60_000, maxRequests: 2 }, deferUpdates: true },
  ],
};
`;

let scene: Scene;
beforeAll(async () => {
  const file = path.join(await makeDirectory(), 'latchkey.config.mjs');
  await writeFile(file, CONFIGURATION);
  scene = await openSceneWithDatabase({ LATCHKEY_CONFIG: file });
}, 60_000);
afterAll(() => scene.close());

/** The client as an application makes it. @param headers what a browser would add by itself, or a server's credential. */
function aClient(headers: Record<string, string>) {
  return createAuthClient({ baseURL: scene.url, plugins: [apiKeyClient()], fetchOptions: { headers } });
}
const inBrowser = () => aClient({ cookie: scene.admin.cookie, origin: scene.url });
const onServer = () => aClient({ authorization: `Bearer ${scene.admin.jwt}` });

/** The data of an answer that must have some. */
function dataOf<Data>({ data, error }: { data: Data | null; error: unknown }): Data {
  if (data === null) throw new Error(`The client was answered ${JSON.stringify(error)}.`);
  return data;
}

interface Verification {
  valid: boolean;
  error: { code: string; message: string; details?: { tryAgainIn: number } } | null;
  key: { id: string; lastRequest: Date | null; requestCount: number } | null;
}
/** The plug-in has no client call for it: servers ask. */
const verify = async (body: Record<string, unknown>): Promise<Verification> =>
  dataOf(await onServer().$fetch<Verification>('/api-key/verify', { method: 'POST', body }));

describe('the official client of better-auth with its API key plug-in', () => {
  it('creates a key, and gets it as its own types say', async () => {
    const made = dataOf(await inBrowser().apiKey.create({ name: 'From the client', expiresIn: 7 * 86_400, prefix: 'app_' }));
    expect(made).toMatchObject({
      name: 'From the client',
      prefix: 'app_',
      enabled: true,
      configId: 'default',
      rateLimitEnabled: true,
      rateLimitMax: 10,
      rateLimitTimeWindow: 86_400_000,
      requestCount: 0,
      remaining: null,
      lastRequest: null,
      metadata: null,
    });
    expect(made.key).toMatch(/^app_[0-9A-Za-z]{42}$/);
    expect(made.start).toBe(made.key.slice(0, 6));
    expect(made.createdAt).toBeInstanceOf(Date);
    const lifeMs = (made.expiresAt?.getTime() ?? 0) - made.createdAt.getTime();
    expect(Math.round(lifeMs / 60_000)).toBe(7 * 24 * 60);
  });

  it('lists, gets, updates and deletes its keys', async () => {
    const client = inBrowser();
    const { id, key } = dataOf(await client.apiKey.create({ name: 'To be changed' }));

    const got = dataOf(await client.apiKey.get({ query: { id } }));
    expect(got).toMatchObject({ id, name: 'To be changed' });
    expect(got).not.toHaveProperty('key');

    const page = dataOf(await client.apiKey.list({ query: { limit: 100, sortBy: 'createdAt', sortDirection: 'desc' } }));
    expect(page.apiKeys.map((one) => one.id)).toContain(id);
    expect(page).toMatchObject({ total: page.apiKeys.length, limit: 100, offset: null });

    const updated = dataOf(await client.apiKey.update({ keyId: id, name: 'Changed', enabled: false }));
    expect(updated).toMatchObject({ id, name: 'Changed', enabled: false });
    expect(await verify({ key })).toMatchObject({ valid: false, error: { code: 'KEY_DISABLED' }, key: null });

    expect(dataOf(await client.apiKey.delete({ keyId: id }))).toEqual({ success: true });
    expect((await client.apiKey.get({ query: { id } })).error).toMatchObject({ status: 404, code: 'KEY_NOT_FOUND' });
  });

  it('gets its own error codes', async () => {
    const client = inBrowser();
    expect((await client.apiKey.create({ name: 'n'.repeat(33) })).error).toMatchObject({ status: 400, code: 'INVALID_NAME_LENGTH' });
    expect((await client.apiKey.create({ remaining: 5 })).error).toMatchObject({ status: 400, code: 'SERVER_ONLY_PROPERTY' });
    expect((await aClient({}).apiKey.list()).error).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    for (const code of ['INVALID_NAME_LENGTH', 'SERVER_ONLY_PROPERTY', 'KEY_NOT_FOUND', 'KEY_DISABLED']) {
      expect(API_KEY_ERROR_CODES).toHaveProperty(code);
    }
  });

  it('with a server’s credential sets what clients may not, and removes expired keys', async () => {
    const made = dataOf(
      await onServer().apiKey.create({
        userId: 'customer-17',
        permissions: { files: ['read'] },
        rateLimitMax: 1_000,
        rateLimitTimeWindow: 60_000,
      }),
    );
    expect(made).toMatchObject({ referenceId: 'customer-17', permissions: { files: ['read'] }, rateLimitMax: 1_000 });
    const removed = await onServer().$fetch('/api-key/delete-all-expired-api-keys', { method: 'POST', body: {} });
    expect(removed.data).toEqual({ success: true, error: null });
  });
});

describe('our verify', () => {
  it('answers in the shapes of the plug-in, and counts', async () => {
    const { id, key } = dataOf(await inBrowser().apiKey.create({ configId: 'partner', metadata: { plan: 'gold' } }));
    const first = await verify({ key, configId: 'partner' });
    expect(first).toMatchObject({ valid: true, error: null, key: { id, requestCount: 1, metadata: { plan: 'gold' } } });
    expect(first.key?.lastRequest).toBeInstanceOf(Date);
    expect(await verify({ key })).toMatchObject({ valid: true, key: { requestCount: 2 } });

    const limited = await verify({ key });
    expect(limited).toMatchObject({ valid: false, error: { code: 'RATE_LIMITED', message: expect.any(String) }, key: null });
    expect(limited.error?.details?.tryAgainIn).toBeGreaterThan(0);
    expect(limited.error?.details?.tryAgainIn).toBeLessThanOrEqual(60_000);
    expect(await verify({ key, configId: 'default' })).toMatchObject({ valid: false, error: { code: 'INVALID_API_KEY' }, key: null });
  });

  it('shares one window with the public API, in both directions (C-04)', async () => {
    const { key } = dataOf(await inBrowser().apiKey.create({ configId: 'partner' }));
    expect((await scene.call(key)).status).toBe(200);
    expect(await verify({ key })).toMatchObject({ valid: true, key: { requestCount: 2 } });
    expect((await scene.call(key)).status).toBe(429);
    expect(await verify({ key })).toMatchObject({ error: { code: 'RATE_LIMITED' } });
  });

  it('shares one quota with the public API', async () => {
    const { key } = dataOf(await onServer().apiKey.create({ remaining: 2 }));
    expect(await verify({ key })).toMatchObject({ valid: true, key: { remaining: 1 } });
    expect((await scene.call(key)).status).toBe(200);
    expect(await verify({ key })).toMatchObject({ valid: false, error: { code: 'USAGE_EXCEEDED' }, key: null });
    expect((await scene.call(key)).status).toBe(429);
  });

  it('moves lastRequest, which reads show within a second; changes and refusals do not (C-14)', async () => {
    const client = inBrowser();
    const { id, key } = dataOf(await client.apiKey.create({}));
    await client.apiKey.update({ keyId: id, name: 'Renamed' });
    await client.apiKey.update({ keyId: id, enabled: false });
    await verify({ key });
    expect(dataOf(await client.apiKey.get({ query: { id } })).lastRequest).toBeNull();
    await client.apiKey.update({ keyId: id, enabled: true });
    const before = Date.now();
    await verify({ key });
    const lastRequest = async () => dataOf(await client.apiKey.get({ query: { id } })).lastRequest?.getTime() ?? 0;
    await expect.poll(lastRequest, { timeout: 3_000 }).toBeGreaterThanOrEqual(before);
  });

  it('knows tokens of every other door', async () => {
    const { id, token } = await scene.createToken({ name: 'By REST' });
    expect(await verify({ key: token })).toMatchObject({ valid: true, key: { id: String(id) } });
    await scene.rest('POST', `/api/api-tokens/${id}/revoke`);
    expect(await verify({ key: token })).toMatchObject({ valid: false, error: { code: 'KEY_DISABLED' }, key: null });
  });
});

it('no key text reaches the log', async () => {
  const { key } = dataOf(await inBrowser().apiKey.create({ name: 'Quiet' }));
  await verify({ key });
  await verify({ key, configId: 'partner' });
  expect(scene.output()).not.toContain(key);
});
