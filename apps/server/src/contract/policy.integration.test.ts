import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Answer } from '@latchkey/bearer-auth/testing';
import { createTestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLatchkeyProcess } from '../testing/latchkey-process.ts';
import { type CreatedToken, type Json, makeDirectory, openScene, type Scene } from './testing/open-scene.ts';

const ROOT = '/api/api-tokens';
const DAY = 86_400_000;

const MODULE = new URL('../config/config-file.ts', import.meta.url).href;

const CONFIG = `import { defineConfig } from '${MODULE}';
export default defineConfig({
  scopes: { read: 'Read', validate: 'Check a licence', issue_license: 'Issue a licence', admin: 'Everything' },
  defaultScopes: ['read', 'validate'],
  tokenPrefix: 'ak_',
  keyTypes: {
    publishable: { prefix: 'pk', permissions: ['read', 'validate'], revocable: false, public: true, limit: 1 },
    secret: { prefix: 'sk' },
  },
  currentEnvironment: 'test',
  strictEnvironmentIsolation: true,
  owners: { user: { maxTokens: 3 }, organization: { requireName: true, defaultScopes: ['admin'] } },
  expiry: { default: 30 * 86400, max: 90 * 86400 },
  pools: {
    organization: [{ name: 'teamWide', max: 10000, windowMs: 60000 }],
    '*': [{ name: 'day', max: 1000000, windowMs: 86400000, algorithm: 'sliding' }],
  },
  apiKeyConfigurations: [{ configId: 'default' }, { configId: 'partnerKeys' }],
});
`;

let scene: Scene;
let close: () => Promise<void>;

beforeAll(async () => {
  const directory = await makeDirectory();
  const file = path.join(directory, 'latchkey.config.ts');
  const database = await createTestDatabase();
  await writeFile(file, CONFIG);
  scene = await openScene({ databaseUrl: database.url, env: { LATCHKEY_CONFIG: file } });
  close = async () => {
    await scene.close();
    await database.drop();
    await rm(directory, { recursive: true });
  };
});
afterAll(() => close());

const rest = (method: string, restPath: string, body?: unknown) => scene.rest(method, restPath, body);
const create = (input: Json) => scene.createToken({ name: 'key', ...input });
const codeOf = (answer: Answer) => `${answer.status} ${(answer.body as Json).code}`;
const pathsOf = (answer: Answer) => ((answer.body as Json).details as { path: string }[]).map(({ path: place }) => place);

describe('key types and environments', () => {
  it('give the prefix: sk_test_ by default, pk_live_ where it is asked for, the simple one without a type (S2-150, 178, 179)', async () => {
    expect((await create({ key_type: 'secret' })).token).toMatch(/^sk_test_[0-9A-Za-z]{42}$/);
    expect((await create({ key_type: 'publishable', environment: 'live' })).token).toMatch(/^pk_live_/);
    expect((await create({})).token).toMatch(/^ak_[0-9A-Za-z]{42}$/);
  });

  it('that are not configured are refused, with those that are', async () => {
    const answer = await rest('POST', ROOT, { name: 'x', key_type: 'constructor', environment: 'prod' });
    expect(codeOf(answer)).toBe('400 VALIDATION_ERROR');
    expect(pathsOf(answer)).toEqual(['key_type', 'environment']);
  });

  it('are isolated: a live token is refused here with ENVIRONMENT_MISMATCH, a test token works (S2-194, 195)', async () => {
    const live = await create({ key_type: 'secret', environment: 'live' });
    const answer = await scene.call(live.token);
    expect(answer).toMatchObject({ status: 401, body: { code: 'ENVIRONMENT_MISMATCH', error: 'Token belongs to another environment' } });
    expect((await scene.call((await create({ key_type: 'secret' })).token)).status).toBe(200);
  });
});

describe('a publishable key', () => {
  const owner = { owner_type: 'customer', owner_id: 'c1' };
  let key: CreatedToken;

  beforeAll(async () => {
    key = await create({ key_type: 'publishable', ...owner, scopes: ['read', 'validate', 'issue_license', 'admin'] });
  });

  it('keeps only the scopes of its ceiling, in order (S2-180)', () => {
    expect(key.scopes).toEqual(['read', 'validate']);
    expect(key.viewable).toBe(true);
  });

  it('is one per owner and environment: a second is 422, the other environment is free (S2-196…198)', async () => {
    expect(codeOf(await rest('POST', ROOT, { name: 'second', key_type: 'publishable', ...owner }))).toBe('422 LIMIT_REACHED');
    expect((await create({ key_type: 'publishable', environment: 'live', ...owner })).environment).toBe('live');
  });

  it('refuses revoke and delete with 409 and goes on working (S2-080, 182, 183)', async () => {
    expect(codeOf(await rest('POST', `${ROOT}/${key.id}/revoke`))).toBe('409 CONFLICT');
    expect(codeOf(await rest('DELETE', `${ROOT}/${key.id}`))).toBe('409 CONFLICT');
    expect((await scene.call(key.token)).status).toBe(200);
  });

  it('is never shown in metadata, lists or to administrators who do not own it (S2-190, C-25)', async () => {
    const texts = [await rest('GET', `${ROOT}/${key.id}`), await rest('GET', `${ROOT}?key_type=publishable`)].map(({ text }) => text);
    texts.push((await rest('GET', `${ROOT}/${key.id}/viewable-token`)).text);
    for (const text of texts) expect(text).not.toContain(key.token);
  });

  it('is seen again by whoever made it for nobody in particular; a secret never is (S2-072, 192, 193)', async () => {
    const own = await create({ key_type: 'publishable' });
    expect((await rest('GET', `${ROOT}/${own.id}/viewable-token`)).body).toEqual({ viewable_token: own.token });
    const secret = await create({ key_type: 'secret' });
    expect((await rest('GET', `${ROOT}/${secret.id}/viewable-token`)).body).toEqual({ viewable_token: null });
  });

  it('ends with its owner (C-03)', async () => {
    const ended = await rest('POST', `${ROOT}/owners/end`, owner);
    expect(ended).toMatchObject({ status: 200, body: { ids: expect.arrayContaining([key.id]) } });
    expect(await scene.call(key.token)).toMatchObject({ status: 401, body: { code: 'KEY_REVOKED' } });
  });
});

describe('scopes', () => {
  it('default to the owner’s, else to the policy’s; an empty list is none (S2-144, 009)', async () => {
    expect((await create({})).scopes).toEqual(['read', 'validate']);
    expect((await create({ owner_type: 'organization', owner_id: 'o' })).scopes).toEqual(['admin']);
    expect((await create({ scopes: [] })).scopes).toEqual([]);
  });

  it('lose blanks and repetitions, and are taken as a spelled list (S2-062, C-24)', async () => {
    expect((await create({ scopes: ['', 'read', ' ', 'read'] })).scopes).toEqual(['read']);
    expect((await create({ scopes: "['read', 'admin']" })).scopes).toEqual(['read', 'admin']);
    expect(codeOf(await rest('POST', ROOT, { name: 'x', scopes: 'read' }))).toBe('400 VALIDATION_ERROR');
  });

  it('outside of the vocabulary are refused, on create and on change', async () => {
    const token = await create({});
    for (const answer of [
      await rest('POST', ROOT, { name: 'x', scopes: ['Read'] }),
      await rest('PUT', `${ROOT}/${token.id}`, { scopes: ['reed'] }),
    ]) {
      expect(codeOf(answer)).toBe('400 VALIDATION_ERROR');
      expect(pathsOf(answer)).toEqual(['scopes']);
    }
    expect((await rest('PUT', `${ROOT}/${token.id}`, { scopes: ['admin'] })).body).toMatchObject({ token: { scopes: ['admin'] } });
  });
});

describe('owners', () => {
  it('may have as many active tokens as their rule says, exactly under parallel creation (S2-006)', async () => {
    const make = () => rest('POST', ROOT, { name: 'many', owner_type: 'user', owner_id: 'u1' });
    const answers = await Promise.all(Array.from({ length: 12 }, make));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['422 LIMIT_REACHED']));
    const room = await rest('GET', `${ROOT}/owners/one?owner_type=user&owner_id=u1`);
    expect(room.body).toMatchObject({ owner: { active: 3, max_tokens: 3 }, room: { tokens: 0 } });
  });

  it('meet their limit in an import as well, row by row', async () => {
    const rows = Array.from({ length: 5 }, (_, index) => {
      const owner_id = index === 2 ? 'of_an_import_too' : 'of_an_import';
      return { name: `import ${index}`, owner_type: 'user', owner_id, key_type: 'secret', token: `theirs_${randomUUID()}` };
    });
    const { body } = await rest('POST', `${ROOT}/import`, { rows });
    const reports = (body as { rows: { status: string; message: string }[] }).rows;
    expect(reports.map(({ status }) => status)).toEqual(['imported', 'imported', 'imported', 'imported', 'failed']);
    expect(reports[4]?.message).toBe('This owner has 3 active tokens, and that is the limit. Revoke one first.');
  });

  it('are a type and an id together, and found by it (S0-39)', async () => {
    expect(pathsOf(await rest('POST', ROOT, { name: 'x', owner_type: 'user' }))).toEqual(['owner_id']);
    for (const type of ['User!', 'token']) {
      expect(pathsOf(await rest('POST', ROOT, { name: 'x', owner_type: type, owner_id: '1' }))).toEqual(['owner_type']);
    }
    expect((await create({ owner_type: 'project', owner_id: 7 })).owner_id).toBe('7');
    const mine = await create({ owner_type: 'project', owner_id: 'ünïcode/1' });
    const list = await rest('GET', `${ROOT}?owner_type=project&owner_id=${encodeURIComponent('ünïcode/1')}`);
    expect(list.body).toMatchObject({ total: 1, tokens: [{ id: mine.id }] });
    expect((await rest('GET', `${ROOT}/owners?q=${encodeURIComponent('ünïcode')}`)).body).toMatchObject({
      total: 1,
      owners: [{ owner_type: 'project', tokens: 1 }],
    });
  });
});

describe('time', () => {
  const expiryOf = (token: CreatedToken) => Date.parse(token.expires_at as string) - Date.parse(token.created_at as string);

  it('defaults to 30 days, takes seconds and presets, and a preset decides (S0-11, S2-064, 090)', async () => {
    expect(Math.abs(expiryOf(await create({})) - 30 * DAY)).toBeLessThan(5_000);
    expect(Math.abs(expiryOf(await create({ expires_in: 3_600 })) - 3_600_000)).toBeLessThan(5_000);
    const both = await create({ expires_at_preset: '7_days', expires_in: 60, expires_at: '2098-01-01' });
    expect(Math.abs(expiryOf(both) - 7 * DAY)).toBeLessThan(5_000);
  });

  it.each<[string, Json, string]>([
    ['an unknown preset', { expires_at_preset: '8_days' }, 'expires_at_preset'],
    ['no expiry where there is a maximum', { expires_at_preset: 'no_expiration' }, 'expires_at_preset'],
    ['never, where there is a maximum', { expires_at: null }, 'expires_at'],
    ['more than the maximum', { expires_in: 91 * 86_400 }, 'expires_in'],
    ['seconds that are none', { expires_in: 0 }, 'expires_in'],
    ['two answers', { expires_in: 60, expires_at: '2098-01-01' }, 'expires_in'],
    ['a beginning after the end', { expires_in: 60, not_before: '2098-01-01' }, 'not_before'],
  ])('refuses %s', async (_name, input, place) => {
    const answer = await rest('POST', ROOT, { name: 'x', ...input });
    expect([codeOf(answer), ...pathsOf(answer)]).toEqual(['400 VALIDATION_ERROR', place]);
  });

  it('may begin later: until then KEY_NOT_YET_VALID', async () => {
    const token = await create({ not_before: new Date(Date.now() + DAY).toISOString() });
    expect(await scene.call(token.token)).toMatchObject({ status: 401, body: { code: 'KEY_NOT_YET_VALID' } });
    expect((await rest('PUT', `${ROOT}/${token.id}`, { not_before: null })).status).toBe(200);
    expect((await scene.call(token.token)).status).toBe(200);
  });

  it('keeps expired tokens, which say that they have expired, until somebody cleans up (S4-055, C-18)', async () => {
    const token = await create({});
    await rest('PUT', `${ROOT}/${token.id}`, { expires_at: '2020-02-03' });
    expect(await scene.call(token.token)).toMatchObject({ status: 401, body: { error: 'Token has expired' } });
    const clean = (input: Json) => rest('POST', `${ROOT}/delete-expired`, { expired_before: '2021-01-01', ...input });
    expect((await clean({ dry_run: true })).body).toEqual({ effective: null, ids: [token.id], more: false, dry_run: true });
    expect(await scene.call(token.token)).toMatchObject({ body: { error: 'Token has expired' } });
    expect((await clean({})).body).toEqual({
      effective: expect.objectContaining({ gateways: 1, acknowledged: 1 }),
      ids: [token.id],
      more: false,
      dry_run: false,
    });
    expect(await scene.call(token.token)).toMatchObject({ status: 401, body: { error: 'Invalid token' } });
  });
});

describe('permissions and metadata', () => {
  it('are kept as they are given, replaced as a whole and cleared by null', async () => {
    const permissions = { files: ['read', 'write'], 'weird Key': ['a'] };
    const token = await create({ permissions, metadata: { camelCase: 1, snake_case: { deep: [true] } } });
    expect(token).toMatchObject({ permissions, metadata: { camelCase: 1, snake_case: { deep: [true] } } });
    const changed = await rest('PUT', `${ROOT}/${token.id}`, { permissions: null, metadata: { only: 'this' } });
    expect(changed.body).toMatchObject({ token: { permissions: null, metadata: { only: 'this' } } });
  });

  it.each<[Json, string]>([
    [{ permissions: { files: 'read' } }, 'permissions.files'],
    [{ permissions: ['read'] }, 'permissions'],
    [{ metadata: [1] }, 'metadata'],
    [{ metadata: { big: 'x'.repeat(20_000) } }, 'metadata'],
    [{ metadata: { nul: '\0' } }, 'metadata'],
  ])('%j is refused', async (input, place) => {
    expect(pathsOf(await rest('POST', ROOT, { name: 'x', ...input }))).toEqual([place]);
  });
});

it('says what holds here', async () => {
  expect((await rest('GET', `${ROOT}/policy`)).body).toMatchObject({
    scopes: expect.arrayContaining([{ name: 'validate', description: 'Check a licence' }]),
    key_types: [
      { name: 'publishable', prefix: 'pk_test_', revocable: false, viewable: true, limit: 1, scope_ceiling: ['read', 'validate'] },
      { name: 'secret', prefix: 'sk_test_', revocable: true, viewable: false, limit: null, scope_ceiling: null },
    ],
    current_environment: 'test',
    expiry: { default_seconds: 2_592_000, max_seconds: 7_776_000 },
    pools: [
      { type: 'organization', limits: [{ name: 'teamWide', max: 10_000, window_ms: 60_000, algorithm: 'fixed' }] },
      { type: '*', limits: [{ name: 'day', max: 1_000_000, window_ms: 86_400_000, algorithm: 'sliding' }] },
    ],
    self_management: true,
    api_key_config_ids: ['default', 'partnerKeys'],
  });
});

it('does not start with a file that is wrong, and says everything that is', async () => {
  const directory = await makeDirectory();
  const file = path.join(directory, 'latchkey.config.ts');
  await writeFile(file, `export default { tokenPrefix: 'NO', keyTypes: { a: { prefix: 'x' }, b: { prefix: 'x', limit: -1 } } };`);
  const start = startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, 'data'), LATCHKEY_CONFIG: file });
  await expect(start).rejects.toThrow(/ended with 1[\s\S]*tokenPrefix[\s\S]*keyTypes\.b\.limit/);
  await rm(directory, { recursive: true, force: true });
});
