import { DEFAULT_KEY_CONFIGURATION, DEFAULT_POLICY, type KeyConfiguration, type TokenPolicy } from '@latchkey/core';
import { aKeyTypeRule } from '@latchkey/core/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import type { Received } from './testing/sender.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

const DAY_S = 86_400;
const DAY_MS = 86_400_000;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const configuration = (changes: Partial<KeyConfiguration>): KeyConfiguration => ({ ...DEFAULT_KEY_CONFIGURATION, ...changes });
const BRIEF = { defaultSeconds: null, customAllowed: true, minDays: 0, maxDays: 365 };
const CONFIGURATIONS = [
  DEFAULT_KEY_CONFIGURATION,
  configuration({
    configId: 'partner',
    defaultPrefix: 'partner_',
    requireName: true,
    metadataEnabled: true,
    startLength: 10,
    nameLength: { min: 3, max: 8 },
    prefixLength: { min: 2, max: 5 },
    expiry: { defaultSeconds: 7 * DAY_S, customAllowed: false, minDays: 1, maxDays: 365 },
    rateLimit: { enabled: true, max: 3, windowMs: 60_000 },
    defaultPermissions: { files: ['read'] },
  }),
  configuration({ configId: 'hidden', startLength: 0, metadataEnabled: true, rateLimit: { enabled: false, max: 10, windowMs: DAY_MS } }),
  configuration({ configId: 'team', references: 'organization' }),
  // A second is enough to live here: the clock must not outrun the sessions.
  configuration({ configId: 'brief', expiry: BRIEF }),
  configuration({ configId: 'deferring', deferUpdates: true }),
  configuration({ configId: 'kept', purgesExpired: false, expiry: BRIEF }),
];

const clock = { now: Date.now() };
let management: Management;
let admin: SignedIn;
let viewer: SignedIn;
beforeAll(async () => {
  management = await openManagement({
    now: () => clock.now,
    policy: {
      ...DEFAULT_POLICY,
      keyTypes: { fixed: aKeyTypeRule({ prefix: 'fx', revocable: false }) },
      apiKeyConfigurations: CONFIGURATIONS,
    },
  });
  admin = await signInAs(management, 'admin');
  viewer = await signInAs(management, 'viewer');
  paths = ((await management.send('/api/auth/api-key/openapi.json')).json as { paths: typeof paths }).paths;
});
afterAll(() => management.close());

type Json = Record<string, unknown>;
type Credential = Record<string, string>;

/** What a browser of the same origin sends. */
const asUser = (who: SignedIn): Credential => ({ cookie: who.cookie, origin: management.url });
/** What a server sends. */
const asServer = (): Credential => ({ authorization: `Bearer ${admin.jwt}` });

const post = async (name: string, body: unknown, who: Credential): Promise<Received> =>
  documented('post', name, await management.send(`/api/auth/api-key/${name}`, { method: 'POST', body, headers: who }));
const get = async (name: string, query: Record<string, string>, who: Credential): Promise<Received> =>
  documented('get', name, await management.send(`/api/auth/api-key/${name}?${new URLSearchParams(query)}`, { headers: who }));

interface Operation {
  responses: { 200: { content: { 'application/json': { schema: object } } } };
}
let paths: Record<string, Record<string, Operation>> = {};
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

/** Every good answer of every test is one that the document describes. */
function documented(method: string, name: string, answer: Received): Received {
  if (answer.status !== 200) return answer;
  const operation = paths[`/api/auth/api-key/${name}`]?.[method];
  if (!operation) throw new Error(`${method} ${name} is not documented.`);
  const isAsDescribed = ajv.compile(operation.responses[200].content['application/json'].schema);
  expect(isAsDescribed(answer.json) ? [] : isAsDescribed.errors, answer.text).toEqual([]);
  return answer;
}

interface Key extends Json {
  id: string;
  key: string;
}

async function create(body: Json = {}, who: Credential = asUser(viewer)): Promise<Key> {
  const answer = await post('create', body, who);
  if (answer.status !== 200) throw new Error(`create: ${answer.status} ${answer.text}`);
  return answer.json as Key;
}

const verify = async (key: string, more: Json = {}): Promise<Json> => {
  const answer = await post('verify', { key, ...more }, asServer());
  expect(answer.status).toBe(200);
  return answer.json as Json;
};

const withoutKey = ({ key: _, ...record }: Key): Json => record;
const expectRefusal = (answer: Received, status: number, code: string): void => {
  expect([answer.status, answer.json]).toEqual([status, { code, message: expect.stringMatching(/\S/) }]);
};

describe('create', () => {
  it('needs nothing, and answers the whole record with the key (S3-025, S3-033…055)', async () => {
    const key = await create();
    expect(key).toEqual({
      id: expect.stringMatching(/^[1-9]\d*$/),
      key: expect.stringMatching(/^[0-9A-Za-z]{42}$/),
      configId: 'default',
      name: null,
      start: key.key.slice(0, 6),
      prefix: null,
      enabled: true,
      referenceId: viewer.id,
      userId: viewer.id,
      expiresAt: null,
      createdAt: expect.stringMatching(ISO),
      updatedAt: expect.stringMatching(ISO),
      lastRequest: null,
      requestCount: 0,
      rateLimitEnabled: true,
      rateLimitMax: 10,
      rateLimitTimeWindow: DAY_MS,
      remaining: null,
      refillAmount: null,
      refillInterval: null,
      lastRefillAt: null,
      permissions: null,
      metadata: null,
    });
  });

  it('takes a name, seconds to live and a prefix that the key starts with (S3-012, S3-013, S3-014, S3-118)', async () => {
    const key = await create({ name: 'Mobile app', expiresIn: 7 * DAY_S, prefix: 'My-App_' });
    expect(key).toMatchObject({
      name: 'Mobile app',
      prefix: 'My-App_',
      start: 'My-App',
      expiresAt: new Date(clock.now + 7 * DAY_MS).toISOString(),
    });
    expect(key.key).toMatch(/^My-App_[0-9A-Za-z]{42}$/);
    expect(await verify(key.key)).toMatchObject({ valid: true, key: { id: key.id } });
  });

  it('takes null for no expiry and for any number of requests (S3-119, S3-120)', async () => {
    expect(await create({ expiresIn: null, remaining: null })).toMatchObject({ expiresAt: null, remaining: null });
  });

  it('of a server takes what clients may not set (S3-015, S3-017…022, S3-026)', async () => {
    const settings = {
      remaining: 5,
      refillAmount: 100,
      refillInterval: 3_600_000,
      rateLimitMax: 50,
      rateLimitTimeWindow: 60_000,
      rateLimitEnabled: false,
      permissions: { files: ['read', 'write'] },
    };
    expect(await create(settings, asServer())).toMatchObject({ ...settings, referenceId: admin.id });
  });

  it('of a server can be for any user (S3-023)', async () => {
    expect(await create({ userId: viewer.id }, asServer())).toMatchObject({ referenceId: viewer.id, userId: viewer.id });
    expect(await create({ userId: 'customer-17' }, asServer())).toMatchObject({ referenceId: 'customer-17' });
  });

  it('in a configuration follows its rules (S3-011, S3-093)', async () => {
    const key = await create({ configId: 'partner', name: 'Acme', metadata: { plan: 'gold', seats: 3 } });
    expect(key).toMatchObject({
      configId: 'partner',
      prefix: 'partner_',
      start: key.key.slice(0, 10),
      expiresAt: new Date(clock.now + 7 * DAY_MS).toISOString(),
      rateLimitMax: 3,
      rateLimitTimeWindow: 60_000,
      permissions: { files: ['read'] },
      metadata: { plan: 'gold', seats: 3 },
    });
    expect(await create({ configId: 'hidden' })).toMatchObject({ start: null, rateLimitEnabled: false });
  });

  it('under an unknown configuration falls back to the default one (S3-090)', async () => {
    expect(await create({ configId: 'nobody' })).toMatchObject({ configId: 'default' });
  });

  it('ignores members it does not know, and those that the server owns (G-18)', async () => {
    const key = await create({ id: '1', key: 'mine', enabled: false, referenceId: 'other', requestCount: 7, nonsense: true });
    expect(key).toMatchObject({ enabled: true, referenceId: viewer.id, requestCount: 0 });
    expect(key.key).not.toBe('mine');
  });

  it('for an organization is for administrators (S3-024, S3-121)', async () => {
    const key = await create({ configId: 'team', organizationId: 'org-9' }, asUser(admin));
    expect(key).toMatchObject({ referenceId: 'org-9', userId: null, configId: 'team' });
    expectRefusal(await post('create', { configId: 'team' }, asUser(admin)), 400, 'ORGANIZATION_ID_REQUIRED');
    const refused = await post('create', { configId: 'team', organizationId: 'org-9' }, asUser(viewer));
    expectRefusal(refused, 403, 'USER_NOT_MEMBER_OF_ORGANIZATION');
  });

  it('is written into the audit log, without the key', async () => {
    const key = await create({ name: 'Audited' });
    const { entries } = await management.database.audit.list({ limit: 1, offset: 0, targetId: key.id });
    expect(entries).toMatchObject([{ action: 'token.create', actorId: viewer.id, targetName: 'Audited' }]);
    expect(JSON.stringify(entries)).not.toContain(key.key);
  });

  it.each<[string, string, Json]>([
    ['metadata where there is none', 'METADATA_DISABLED', { metadata: { a: 1 } }],
    ['metadata that is no object', 'INVALID_METADATA_TYPE', { configId: 'hidden', metadata: 'text' }],
    ['metadata that is a list', 'INVALID_METADATA_TYPE', { configId: 'hidden', metadata: [1] }],
    ['a life below the shortest', 'EXPIRES_IN_IS_TOO_SMALL', { expiresIn: DAY_S - 1 }],
    ['a life beyond the longest', 'EXPIRES_IN_IS_TOO_LARGE', { expiresIn: 365 * DAY_S + 1 }],
    ['an expiry where there is only the default', 'KEY_DISABLED_EXPIRATION', { configId: 'partner', name: 'Acme', expiresIn: DAY_S }],
    ['a prefix beyond 32', 'INVALID_PREFIX_LENGTH', { prefix: 'p'.repeat(33) }],
    ['a prefix outside of the bounds', 'INVALID_PREFIX_LENGTH', { configId: 'partner', name: 'Acme', prefix: 'p' }],
    ['a prefix of other characters', 'VALIDATION_ERROR', { prefix: 'my app' }],
    ['a name beyond 32', 'INVALID_NAME_LENGTH', { name: 'n'.repeat(33) }],
    ['a name outside of the bounds', 'INVALID_NAME_LENGTH', { configId: 'partner', name: 'Ac' }],
    ['a blank name', 'INVALID_NAME_LENGTH', { name: '   ' }],
    ['no name where one is needed', 'NAME_REQUIRED', { configId: 'partner' }],
    ['a member of the wrong type', 'VALIDATION_ERROR', { name: 7 }],
    ['text that can not be kept', 'VALIDATION_ERROR', { name: 'a\0b' }],
  ])('refuses %s: %s', async (_, code, body) => {
    expectRefusal(await post('create', body, asUser(viewer)), 400, code);
  });

  it.each<[string, string, Json]>([
    ['an amount without an interval', 'REFILL_AMOUNT_AND_INTERVAL_REQUIRED', { refillAmount: 5 }],
    ['an interval without an amount', 'REFILL_INTERVAL_AND_AMOUNT_REQUIRED', { refillInterval: 1_000 }],
    ['fewer requests than none', 'VALIDATION_ERROR', { remaining: -1 }],
    ['a limit of nothing', 'VALIDATION_ERROR', { rateLimitMax: 0 }],
    ['permissions of another shape', 'VALIDATION_ERROR', { permissions: { files: 'read' } }],
  ])('refuses of a server %s: %s', async (_, code, body) => {
    expectRefusal(await post('create', body, asServer()), 400, code);
  });

  it.each<[string, Json]>([
    ['remaining', { remaining: 5 }],
    ['refillAmount and refillInterval', { refillAmount: 5, refillInterval: 1_000 }],
    ['rateLimitMax', { rateLimitMax: 5 }],
    ['rateLimitTimeWindow', { rateLimitTimeWindow: 1_000 }],
    ['rateLimitEnabled', { rateLimitEnabled: false }],
    ['permissions', { permissions: { files: ['read'] } }],
  ])('refuses %s of whoever is no server, administrators in the browser included (C-13)', async (_, body) => {
    expectRefusal(await post('create', body, asUser(viewer)), 400, 'SERVER_ONLY_PROPERTY');
    expectRefusal(await post('create', body, asUser(admin)), 400, 'SERVER_ONLY_PROPERTY');
    expectRefusal(await post('create', body, { authorization: `Bearer ${viewer.jwt}` }), 400, 'SERVER_ONLY_PROPERTY');
  });

  it('refuses to make keys for somebody else (C-13)', async () => {
    expectRefusal(await post('create', { userId: admin.id }, asUser(viewer)), 401, 'UNAUTHORIZED_SESSION');
  });

  it('refuses a body that is missing or no JSON (S3-003, G-19)', async () => {
    for (const body of ['', '{', '[]', 'null']) {
      const answer = await management.send('/api/auth/api-key/create', {
        method: 'POST',
        body,
        headers: { ...asUser(viewer), 'content-type': 'application/json' },
      });
      expectRefusal(answer, 400, 'VALIDATION_ERROR');
    }
    expectRefusal(await post('create', 'name=x', asUser(viewer)), 400, 'VALIDATION_ERROR');
  });
});

describe('get', () => {
  it('answers the record as it was made, without the key (S3-054, S3-065)', async () => {
    const key = await create({ name: 'Read me' });
    expect((await get('get', { id: key.id }, asUser(viewer))).json).toEqual(withoutKey(key));
  });

  it('answers metadata and permissions as objects (S3-044, S3-051)', async () => {
    const body = { configId: 'hidden', userId: viewer.id, metadata: { deep: { list: [1, null] } }, permissions: { files: ['read'] } };
    const key = await create(body, asServer());
    const answer = await get('get', { id: key.id, configId: 'hidden' }, asUser(viewer));
    expect(answer.json).toMatchObject({ metadata: body.metadata, permissions: body.permissions });
  });

  it.each(['0', '999999', 'abc', '1e3', '-1', '99999999999999999999'])('knows no key %s', async (id) => {
    expectRefusal(await get('get', { id }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
  });

  it('needs an id (S3-065)', async () => {
    expectRefusal(await get('get', {}, asUser(viewer)), 400, 'VALIDATION_ERROR');
  });

  it('finds keys of the configuration that is named only (S3-066, S3-094)', async () => {
    const partner = await create({ configId: 'partner', name: 'Acme' });
    const plain = await create();
    for (const configId of ['', 'default', 'nobody']) {
      expect((await get('get', { id: plain.id, configId }, asUser(viewer))).status).toBe(200);
      expectRefusal(await get('get', { id: partner.id, configId }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
    }
    expect((await get('get', { id: partner.id, configId: 'partner' }, asUser(viewer))).status).toBe(200);
    expectRefusal(await get('get', { id: plain.id, configId: 'partner' }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
  });

  it('shows nobody the keys of others', async () => {
    const key = await create();
    expectRefusal(await get('get', { id: key.id }, asUser(admin)), 404, 'KEY_NOT_FOUND');
    const team = await create({ configId: 'team', organizationId: 'org-1' }, asUser(admin));
    expectRefusal(await get('get', { id: team.id, configId: 'team' }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
    expect((await get('get', { id: team.id, configId: 'team' }, asUser(admin))).status).toBe(200);
  });
});

describe('update', () => {
  it('changes what it names and nothing else, and says when (S3-029…031, S3-116, C-06)', async () => {
    const key = await create({ name: 'Before', expiresIn: DAY_S });
    clock.now += 1_000;
    const answer = await post('update', { keyId: key.id, name: 'After' }, asUser(viewer));
    expect(answer.json).toEqual({ ...withoutKey(key), name: 'After', updatedAt: new Date(clock.now).toISOString() });
  });

  it('takes a number for an id (C-27)', async () => {
    const key = await create();
    expect((await post('update', { keyId: Number(key.id), name: 'By number' }, asUser(viewer))).status).toBe(200);
  });

  it('switches a key off and on again (S3-113)', async () => {
    const key = await create();
    await post('update', { keyId: key.id, enabled: false }, asUser(viewer));
    expect(await verify(key.key)).toMatchObject({ valid: false, error: { code: 'KEY_DISABLED' }, key: null });
    await post('update', { keyId: key.id, enabled: true }, asUser(viewer));
    expect(await verify(key.key)).toMatchObject({ valid: true });
  });

  it('sets and clears the expiry (S3-013)', async () => {
    const key = await create();
    const later = await post('update', { keyId: key.id, expiresIn: 2 * DAY_S }, asUser(viewer));
    expect(later.json).toMatchObject({ expiresAt: new Date(clock.now + 2 * DAY_MS).toISOString() });
    expect((await post('update', { keyId: key.id, expiresIn: null }, asUser(viewer))).json).toMatchObject({ expiresAt: null });
    expectRefusal(await post('update', { keyId: key.id, expiresIn: 60 }, asUser(viewer)), 400, 'EXPIRES_IN_IS_TOO_SMALL');
  });

  it('sets and clears metadata where there is any (S3-016)', async () => {
    const key = await create({ configId: 'hidden' });
    const name = { keyId: key.id, configId: 'hidden' };
    expect((await post('update', { ...name, metadata: { a: 1 } }, asUser(viewer))).json).toMatchObject({ metadata: { a: 1 } });
    expect((await post('update', { ...name, metadata: null }, asUser(viewer))).json).toMatchObject({ metadata: null });
    expectRefusal(await post('update', { ...name, metadata: 7 }, asUser(viewer)), 400, 'INVALID_METADATA_TYPE');
  });

  it('of a server changes limits, quota and permissions (S3-031, S3-112)', async () => {
    const key = await create({}, asServer());
    const settings = {
      remaining: 7,
      refillAmount: 10,
      refillInterval: 60_000,
      rateLimitMax: 99,
      rateLimitTimeWindow: 5_000,
      rateLimitEnabled: false,
      permissions: { files: ['write'] },
    };
    expect((await post('update', { keyId: key.id, ...settings }, asServer())).json).toMatchObject(settings);
    const cleared = await post('update', { keyId: key.id, remaining: null, permissions: null }, asServer());
    expect(cleared.json).toMatchObject({ remaining: null, permissions: null });
  });

  it('of a server finds the keys of the user it names, and of no other (S3-031)', async () => {
    const key = await create();
    expectRefusal(await post('update', { keyId: key.id, name: 'x' }, asServer()), 404, 'KEY_NOT_FOUND');
    expect((await post('update', { keyId: key.id, name: 'x', userId: viewer.id }, asServer())).json).toMatchObject({
      referenceId: viewer.id,
    });
    expectRefusal(await post('update', { keyId: key.id, name: 'x', userId: admin.id }, asUser(viewer)), 401, 'UNAUTHORIZED_SESSION');
  });

  it('does not move a key: prefix, organization and configuration stay (S3-027, S3-032)', async () => {
    const key = await create({ prefix: 'a_' });
    const body = { keyId: key.id, name: 'Moved', prefix: 'b_', organizationId: 'org-1', referenceId: 'x' };
    expect((await post('update', body, asUser(viewer))).json).toMatchObject({ prefix: 'a_', referenceId: viewer.id, configId: 'default' });
  });

  it.each<[string, string, Json]>([
    ['nothing to change', 'NO_VALUES_TO_UPDATE', {}],
    ['metadata alone where there is none', 'NO_VALUES_TO_UPDATE', { metadata: { a: 1 } }],
    ['an empty name', 'INVALID_NAME_LENGTH', { name: '' }],
    ['what servers set', 'SERVER_ONLY_PROPERTY', { remaining: 5 }],
    ['what servers clear', 'SERVER_ONLY_PROPERTY', { permissions: null }],
  ])('refuses %s: %s', async (_, code, body) => {
    const key = await create();
    expectRefusal(await post('update', { keyId: key.id, ...body }, asUser(viewer)), 400, code);
  });

  it('needs a keyId (S3-028, S3-030)', async () => {
    const answer = await post('update', { name: 'x' }, asUser(viewer));
    expectRefusal(answer, 400, 'VALIDATION_ERROR');
    expect(answer.json).toMatchObject({ message: expect.stringContaining('[keyId]') });
  });

  it('holds for the next verification, whatever is cached', async () => {
    const key = await create({ rateLimitMax: 100, rateLimitTimeWindow: 60_000 }, asServer());
    await verify(key.key);
    await post('update', { keyId: key.id, rateLimitMax: 1 }, asServer());
    expect(await verify(key.key)).toMatchObject({ valid: false, error: { code: 'RATE_LIMITED' } });
  });
});

describe('delete', () => {
  it('removes a key, and answers success (S3-067, S3-069)', async () => {
    const key = await create();
    expect((await post('delete', { keyId: key.id }, asUser(viewer))).json).toEqual({ success: true });
    expectRefusal(await get('get', { id: key.id }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
    expectRefusal(await post('delete', { keyId: key.id }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
    expect(await verify(key.key)).toMatchObject({ valid: false, error: { code: 'INVALID_API_KEY' } });
  });

  it('finds keys of the configuration that is named only (S3-068)', async () => {
    const key = await create({ configId: 'hidden' });
    expectRefusal(await post('delete', { keyId: key.id }, asUser(viewer)), 404, 'KEY_NOT_FOUND');
    expect((await post('delete', { keyId: key.id, configId: 'hidden' }, asUser(viewer))).status).toBe(200);
  });

  it('refuses a token that can not be revoked: 409 (C-03)', async () => {
    const body = { name: 'Fixed', key_type: 'fixed', owner_type: 'user', owner_id: viewer.id };
    const made = await management.send('/api/api-tokens', { method: 'POST', body, headers: asServer() });
    const { token } = made.json as { token: { id: number } };
    expectRefusal(await post('delete', { keyId: token.id }, asUser(viewer)), 409, 'CONFLICT');
    expect((await get('get', { id: String(token.id) }, asUser(viewer))).status).toBe(200);
  });

  it('does not reach the keys of others, and needs a keyId', async () => {
    const key = await create();
    expectRefusal(await post('delete', { keyId: key.id }, asUser(admin)), 404, 'KEY_NOT_FOUND');
    expectRefusal(await post('delete', {}, asUser(viewer)), 400, 'VALIDATION_ERROR');
  });
});

describe('list', () => {
  interface Page {
    apiKeys: Json[];
    total: number;
    limit: number | null;
    offset: number | null;
  }
  const list = async (query: Record<string, string>, who: Credential): Promise<Page> => (await get('list', query, who)).json as Page;
  const names = ({ apiKeys }: Page) => apiKeys.map(({ name }) => name);

  it('holds the caller’s own keys, in the order they were made, without any key (S3-076…079)', async () => {
    const before = await list({}, asUser(admin));
    const key = await create({ name: 'Newest' }, asUser(admin));
    const after = await list({}, asUser(admin));
    expect(after).toMatchObject({ total: before.total + 1, limit: null, offset: null });
    expect(after.apiKeys.at(-1)).toEqual(withoutKey(key));
    expect(after.apiKeys.every(({ referenceId, key: text }) => referenceId === admin.id && text === undefined)).toBe(true);
  });

  it('holds an organization’s keys for administrators (S3-071, S3-080)', async () => {
    await create({ configId: 'team', organizationId: 'org-list', name: 'Team' }, asUser(admin));
    expect(names(await list({ organizationId: 'org-list' }, asUser(admin)))).toEqual(['Team']);
    expectRefusal(await get('list', { organizationId: 'org-list' }, asUser(viewer)), 403, 'USER_NOT_MEMBER_OF_ORGANIZATION');
  });

  describe('of a user with three keys in two configurations', () => {
    beforeAll(async () => {
      for (const name of ['Beta', 'alpha', 'Gamma']) {
        await create({ name, configId: name === 'Gamma' ? 'hidden' : 'default', userId: 'lister' }, asServer());
      }
    });
    // Only administrators can look at another's keys, through the server's credential.
    const listFor = (query: Record<string, string>) => list({ userId: 'lister', ...query }, asServer());

    it.each([
      [{}, ['Beta', 'alpha', 'Gamma'], null, null],
      [{ limit: '2' }, ['Beta', 'alpha'], 2, null],
      [{ offset: '1' }, ['alpha', 'Gamma'], null, 1],
      [{ limit: '1', offset: '1' }, ['alpha'], 1, 1],
      [{ limit: '0' }, [], 0, null],
    ] as const)('is paged by %j (S3-072, S3-073, S3-078, S3-117)', async (query, expected, limit, offset) => {
      const page = await listFor(query as Record<string, string>);
      expect(names(page)).toEqual(expected);
      expect(page).toMatchObject({ total: 3, limit, offset });
    });

    it.each([
      [{ sortBy: 'name' }, ['alpha', 'Beta', 'Gamma']],
      [{ sortBy: 'name', sortDirection: 'desc' }, ['Gamma', 'Beta', 'alpha']],
      [{ sortBy: 'id', sortDirection: 'desc' }, ['Gamma', 'alpha', 'Beta']],
    ])('is sorted by %j (S3-074, S3-075)', async (query, expected) => {
      expect(names(await listFor(query as Record<string, string>))).toEqual(expected);
    });

    it.each([
      ['default', ['Beta', 'alpha']],
      ['hidden', ['Gamma']],
      ['nobody', []],
    ])('is filtered by the configuration %s (S3-070)', async (configId, expected) => {
      const page = await listFor({ configId });
      expect(names(page)).toEqual(expected);
      expect(page.total).toBe(expected.length);
    });
  });

  it.each<Record<string, string>>([{ limit: 'x' }, { limit: '-1' }, { offset: '1.5' }, { sortDirection: 'up' }, { sortBy: 'digest' }])(
    'refuses %j (S3-072…075)',
    async (query) => {
      expectRefusal(await get('list', query, asUser(viewer)), 400, 'VALIDATION_ERROR');
    },
  );
});

describe('verify', () => {
  it('answers valid, no error and the record without the key (S3-059…062, S3-123)', async () => {
    const key = await create({ name: 'Verified' });
    const answer = await verify(key.key);
    expect(answer).toEqual({
      valid: true,
      error: null,
      key: { ...withoutKey(key), requestCount: 1, lastRequest: new Date(clock.now).toISOString() },
    });
  });

  it('counts against the rate limit, and says in milliseconds when it passes again (S3-063, C-04, C-12)', async () => {
    const key = await create({ configId: 'partner', name: 'Acme' });
    for (const requestCount of [1, 2, 3]) expect(await verify(key.key)).toMatchObject({ valid: true, key: { requestCount } });
    clock.now += 20_000;
    const message = expect.stringMatching(/\S/);
    expect(await verify(key.key)).toEqual({
      valid: false,
      error: { code: 'RATE_LIMITED', message, details: { tryAgainIn: 40_000 } },
      key: null,
    });
    clock.now += 40_000;
    expect(await verify(key.key)).toMatchObject({ valid: true, key: { requestCount: 1 } });
  });

  it('does not limit a key whose limit is off (S3-112)', async () => {
    const key = await create({ rateLimitMax: 1, rateLimitTimeWindow: 60_000, rateLimitEnabled: false }, asServer());
    await verify(key.key);
    expect(await verify(key.key)).toMatchObject({ valid: true });
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['an empty text', ''],
    ['another key’s end', `My-App_${'a'.repeat(42)}`],
    ['a very long text', 'k'.repeat(5_000)],
  ])('answers 200 and INVALID_API_KEY to %s (S3-064, C-07)', async (_, text) => {
    const error = { code: 'INVALID_API_KEY', message: expect.stringMatching(/\S/) };
    expect(await verify(text)).toEqual({ valid: false, error, key: null });
  });

  it('needs a key, and looks nowhere else for it (S3-056, C-05)', async () => {
    const key = await create();
    expectRefusal(await post('verify', {}, { ...asServer(), 'x-api-key': key.key }), 400, 'VALIDATION_ERROR');
  });

  it('judges permissions, before anything is counted (S3-022, S3-058)', async () => {
    const key = await create({ permissions: { files: ['read', 'write'], users: ['read'] } }, asServer());
    const lacking = { valid: false, error: { code: 'KEY_NOT_FOUND' }, key: null };
    expect(await verify(key.key, { permissions: { files: ['delete'] } })).toMatchObject(lacking);
    expect(await verify(key.key, { permissions: { Files: ['read'] } })).toMatchObject(lacking);
    expect(await verify(key.key, { permissions: { constructor: ['name'] } })).toMatchObject(lacking);
    expect(await verify(key.key, { permissions: { files: ['write'], users: ['read'] } })).toMatchObject({
      valid: true,
      key: { requestCount: 1 },
    });
    const plain = await create();
    expect(await verify(plain.key, { permissions: { files: ['read'] } })).toMatchObject(lacking);
  });

  it('knows keys of the configuration that is named only, and without one any (S3-057, S3-094)', async () => {
    const key = await create({ configId: 'hidden' });
    expect(await verify(key.key)).toMatchObject({ valid: true });
    expect(await verify(key.key, { configId: 'hidden' })).toMatchObject({ valid: true });
    for (const configId of ['default', '', 'partner', 'nobody']) {
      expect(await verify(key.key, { configId })).toMatchObject({ valid: false, error: { code: 'INVALID_API_KEY' } });
    }
  });

  it('says that a key has expired, from that instant on (C-08)', async () => {
    const key = await create({ configId: 'kept', expiresIn: 2 });
    clock.now += 1_999;
    expect(await verify(key.key)).toMatchObject({ valid: true });
    clock.now += 1;
    expect(await verify(key.key)).toMatchObject({ valid: false, error: { code: 'KEY_EXPIRED' }, key: null });
  });

  describe('of a key with a quota', () => {
    const used = { valid: false, error: { code: 'USAGE_EXCEEDED' }, key: null };

    it('takes one of what remains, and says when nothing is left (S3-015, S3-048)', async () => {
      const key = await create({ remaining: 2 }, asServer());
      expect(await verify(key.key)).toMatchObject({ valid: true, key: { remaining: 1 } });
      expect(await verify(key.key)).toMatchObject({ valid: true, key: { remaining: 0 } });
      expect(await verify(key.key)).toMatchObject(used);
      const read = await get('get', { id: key.id }, asServer());
      // What was refused for the quota does not count against the rate limit.
      expect(read.json).toMatchObject({ remaining: 0, requestCount: 2 });
    });

    it('lets as many pass as remain, however many ask at once', async () => {
      const key = await create({ remaining: 3, rateLimitEnabled: false }, asServer());
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(key.key)));
      expect(answers.filter(({ valid }) => valid)).toHaveLength(3);
      expect(answers.filter(({ valid }) => !valid)).toMatchObject(Array(17).fill(used));
    });

    it('is refilled to the amount once the interval is over, and shows when (S3-017, S3-018, S3-026, S3-042, S3-114)', async () => {
      const key = await create({ remaining: 1, refillAmount: 2, refillInterval: 30_000 }, asServer());
      expect(key.lastRefillAt).toBeNull();
      await verify(key.key);
      expect(await verify(key.key)).toMatchObject(used);
      clock.now += 30_000;
      expect(await verify(key.key)).toMatchObject({ valid: true, key: { remaining: 1 } });
      const read = await get('get', { id: key.id }, asServer());
      expect(read.json).toMatchObject({ refillAmount: 2, refillInterval: 30_000, lastRefillAt: expect.stringMatching(ISO) });
    });

    it('takes nothing for a refusal', async () => {
      const key = await create({ remaining: 1 }, asServer());
      await verify(key.key, { permissions: { files: ['read'] } });
      expect(await verify(key.key)).toMatchObject({ valid: true, key: { remaining: 0 } });
    });

    it('follows what a server sets it to, at once', async () => {
      const key = await create({ remaining: 1 }, asServer());
      await verify(key.key);
      expect(await verify(key.key)).toMatchObject(used);
      await post('update', { keyId: key.id, remaining: 5 }, asServer());
      expect(await verify(key.key)).toMatchObject({ valid: true, key: { remaining: 4 } });
      await post('update', { keyId: key.id, remaining: null }, asServer());
      expect(await verify(key.key)).toMatchObject({ valid: true, key: { remaining: null } });
    });
  });

  it('of a token that is bound to addresses needs that of the client', async () => {
    const body = { name: 'Bound', allowed_ips: ['203.0.113.0/24'] };
    const made = await management.send('/api/api-tokens', { method: 'POST', body, headers: asServer() });
    const { token } = made.json as { token: { token: string } };
    expect(await verify(token.token, { ipAddress: '203.0.113.7' })).toMatchObject({ valid: true });
    expect(await verify(token.token, { ipAddress: '198.51.100.1' })).toMatchObject({ error: { code: 'INVALID_API_KEY' } });
    expect(await verify(token.token)).toMatchObject({ error: { code: 'INVALID_API_KEY' } });
  });

  it('takes any token of this server: they are all of one kind', async () => {
    const made = await management.send('/api/api-tokens', { method: 'POST', body: { name: 'By REST' }, headers: asServer() });
    const { token } = made.json as { token: { id: number; token: string } };
    expect(await verify(token.token)).toMatchObject({ valid: true, key: { id: String(token.id), rateLimitMax: 100, userId: null } });
    await management.send(`/api/api-tokens/${token.id}/revoke`, { method: 'POST', headers: asServer() });
    expect(await verify(token.token)).toMatchObject({ valid: false, error: { code: 'KEY_DISABLED' } });
  });
});

describe('clean-up', () => {
  const ids = async (who: Credential): Promise<unknown[]> =>
    ((await get('list', {}, who)).json as { apiKeys: Json[] }).apiKeys.map(({ id }) => id);
  const cleanUp = () => post('delete-all-expired-api-keys', undefined, asServer());

  it('removes expired keys at once and answers success without an error (S3-081, S3-082, S3-099, S3-122)', async () => {
    const expired = await create({ configId: 'brief', expiresIn: 1 });
    clock.now += 1_001;
    const lasting = await create({ configId: 'brief', expiresIn: 1 });
    const forEver = await create();
    expect((await cleanUp()).json).toEqual({ success: true, error: null });
    const left = await ids(asUser(viewer));
    expect(left).toEqual(expect.arrayContaining([lasting.id, forEver.id]));
    expect(left).not.toContain(expired.id);
    expect(await verify(expired.key)).toMatchObject({ error: { code: 'INVALID_API_KEY' } });
  });

  it('keeps a key at the very instant of its expiry (S3-099, C-08)', async () => {
    const key = await create({ configId: 'brief', expiresIn: 1 });
    clock.now += 1_000;
    await cleanUp();
    expect(await ids(asUser(viewer))).toContain(key.id);
    clock.now += 1;
    await cleanUp();
    expect(await ids(asUser(viewer))).not.toContain(key.id);
  });

  it('leaves tokens of other doors, which go on saying that they have expired (C-18)', async () => {
    const expiresAt = new Date(clock.now + 1_000).toISOString();
    const made = await management.send('/api/api-tokens', {
      method: 'POST',
      body: { name: 'By REST', expires_at: expiresAt },
      headers: asServer(),
    });
    const { token } = made.json as { token: { token: string } };
    clock.now += 2_000;
    await cleanUp();
    expect(await verify(token.token)).toMatchObject({ error: { code: 'KEY_EXPIRED' } });
  });

  it('leaves keys of a configuration that keeps them (S3-095)', async () => {
    const key = await create({ configId: 'kept', expiresIn: 1 });
    clock.now += 1_001;
    await cleanUp();
    expect(await verify(key.key)).toMatchObject({ error: { code: 'KEY_EXPIRED' } });
  });

  it('is a side effect of other calls, every ten seconds at most (S3-096, S3-104, S3-106)', async () => {
    clock.now += 10_000;
    const key = await create({ configId: 'brief', expiresIn: 1 });
    clock.now += 9_999;
    await ids(asUser(viewer));
    expect(await ids(asUser(viewer))).toContain(key.id);
    clock.now += 1;
    await ids(asUser(viewer));
    expect(await ids(asUser(viewer))).not.toContain(key.id);
  });

  it('waits until the answer has left where the configuration says so (S3-105, S3-111)', async () => {
    const asked = await create({ configId: 'deferring' });
    const key = await create({ configId: 'brief', expiresIn: 1 });
    clock.now += 10_000;
    const read = () => management.database.tokens.get(Number(key.id));
    expect((await get('get', { id: asked.id, configId: 'deferring' }, asUser(viewer))).status).toBe(200);
    await expect.poll(() => read().catch((error: { code: string }) => error.code)).toBe('NOT_FOUND');
  });

  it('is in the audit log, by the system', async () => {
    const key = await create({ configId: 'brief', expiresIn: 1 });
    clock.now += 1_001;
    await cleanUp();
    const { entries } = await management.database.audit.list({ limit: 1, offset: 0, targetId: key.id });
    expect(entries).toMatchObject([{ action: 'token.delete', actorId: null, actorName: 'system' }]);
  });
});

describe('who may call', () => {
  const calls: [string, (who: Credential) => Promise<Received>][] = [
    ['create', (who) => post('create', {}, who)],
    ['verify', (who) => post('verify', { key: 'x' }, who)],
    ['get', (who) => get('get', { id: '1' }, who)],
    ['update', (who) => post('update', { keyId: '1', name: 'x' }, who)],
    ['delete', (who) => post('delete', { keyId: '1' }, who)],
    ['list', (who) => get('list', {}, who)],
    ['delete-all-expired-api-keys', (who) => post('delete-all-expired-api-keys', {}, who)],
  ];

  it.each(calls)('%s: nobody without a session (S3-124)', async (_, call) => {
    const forged = { cookie: 'latchkey.session_token=forged', origin: management.url };
    for (const who of [{}, { authorization: 'Bearer nonsense' }, forged] as Credential[]) {
      const answer = await call(who);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="latchkey-management"');
      expect(answer.json).toEqual({ code: expect.stringMatching(/^UNAUTHORIZED(_SESSION)?$/), message: expect.any(String) });
    }
  });

  it.each(calls)('%s: no API token (C-13)', async (_, call) => {
    const { key } = await create();
    expect((await call({ authorization: `Bearer ${key}` })).status).toBe(401);
    expect((await call({ 'x-api-key': key })).status).toBe(401);
  });

  it.each(calls.filter(([name]) => ['verify', 'delete-all-expired-api-keys'].includes(name)))(
    '%s: administrators only (G-15)',
    async (_, call) => {
      expectRefusal(await call(asUser(viewer)), 403, 'FORBIDDEN');
      expect((await call(asUser(admin))).status).toBe(200);
    },
  );

  it('no foreign page changes anything with somebody’s cookie', async () => {
    const foreign = { cookie: viewer.cookie, origin: 'https://evil.example' };
    expect((await post('create', {}, foreign)).status).toBe(403);
  });
});

describe('in a deployment with rules of its own and without a default configuration', () => {
  const POLICY: TokenPolicy = {
    ...DEFAULT_POLICY,
    owners: { user: { maxTokens: 2, requireName: false, defaultScopes: null, availableScopes: null } },
    expiry: { ...DEFAULT_POLICY.expiry, presets: {}, defaultSeconds: 3 * DAY_S, maxSeconds: 5 * DAY_S },
    apiKeyConfigurations: [configuration({ configId: 'only' })],
  };
  let other: Management;
  let owner: SignedIn;
  beforeAll(async () => {
    other = await openManagement({ policy: POLICY });
    owner = await signInAs(other, 'admin');
  });
  afterAll(() => other.close());
  const call = (path: string, body: Json) => other.send(path, { method: 'POST', body, headers: { authorization: `Bearer ${owner.jwt}` } });
  const createIn = (body: Json) => call('/api/auth/api-key/create', body);

  it('the first one serves calls that name none (S3-088)', async () => {
    expect((await createIn({})).json).toMatchObject({ configId: 'only' });
  });

  it('an unknown one is refused and logged (S3-091)', async () => {
    expectRefusal(await createIn({ configId: 'nobody' }), 400, 'NO_DEFAULT_API_KEY_CONFIGURATION_FOUND');
    expect(other.errors.join('')).toContain('nobody');
  });

  it('an owner has as many keys as the deployment allows, whatever door they come from', async () => {
    const userId = 'limited';
    expect((await createIn({ userId })).status).toBe(200);
    const made = await call('/api/api-tokens', { name: 'By REST', owner_type: 'user', owner_id: userId });
    expect(made.status).toBe(201);
    expectRefusal(await createIn({ userId }), 422, 'LIMIT_REACHED');
  });

  it('a key lives as long as the deployment allows at most, when it is made and when it is changed', async () => {
    const userId = 'mortal';
    const key = (await createIn({ userId })).json as Key;
    expect(Date.parse(String(key.expiresAt)) - Date.parse(String(key.createdAt))).toBeLessThanOrEqual(3 * DAY_MS);
    expect((await createIn({ userId, expiresIn: 6 * DAY_S })).status).toBe(400);
    const change = (expiresIn: number | null) => call('/api/auth/api-key/update', { keyId: key.id, configId: 'only', userId, expiresIn });
    expect((await change(4 * DAY_S)).status).toBe(200);
    expectRefusal(await change(6 * DAY_S), 400, 'EXPIRES_IN_IS_TOO_LARGE');
    expectRefusal(await change(null), 400, 'EXPIRES_IN_IS_TOO_LARGE');
  });
});

describe('paths and methods (G-14)', () => {
  it('there is nothing else below the path', async () => {
    for (const path of ['/api/auth/api-key', '/api/auth/api-key/', '/api/auth/api-key/create/', '/api/auth/api-key/constructor']) {
      expectRefusal(await management.send(path, { headers: asUser(viewer) }), 404, 'NOT_FOUND');
    }
  });

  it.each([
    ['GET', 'create'],
    ['GET', 'verify'],
    ['POST', 'get'],
    ['GET', 'update'],
    ['DELETE', 'delete'],
    ['POST', 'list'],
    ['GET', 'delete-all-expired-api-keys'],
  ])('%s %s is no call', async (method, name) => {
    const answer = await management.send(`/api/auth/api-key/${name}`, { method, headers: asServer() });
    expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.allow).toBe(['get', 'list'].includes(name) ? 'GET' : 'POST');
  });

  it('no answer is kept by anybody', async () => {
    expect((await get('list', {}, asUser(viewer))).headers['cache-control']).toBe('no-store');
  });
});
