import { aKeyTypeRule, aTokenPolicy } from '@latchkey/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import { type OpenPortal, openPortal } from './testing/open-portal.ts';
import type { Received } from './testing/sender.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

type Json = Record<string, unknown>;

const DAY = 86_400_000;
const POLICY = aTokenPolicy({
  keyTypes: {
    publishable: aKeyTypeRule({ prefix: 'pk', scopeCeiling: ['read', 'validate'], revocable: false, public: true, limit: 1 }),
    secret: aKeyTypeRule({ prefix: 'sk', scopeCeiling: ['read', 'validate', 'admin'] }),
  },
  owners: {
    small: { maxTokens: 2, requireName: false, defaultScopes: null, availableScopes: null },
    strict: { maxTokens: null, requireName: true, defaultScopes: null, availableScopes: ['read'] },
  },
});

let management: Management;
let admin: SignedIn;
let owners = 0;
beforeAll(async () => {
  management = await openManagement({ policy: POLICY });
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

/** A session of an owner of its own, so that tests do not see each other's keys. */
const open = (more: Json = {}): Promise<OpenPortal> =>
  openPortal(management, admin, { owner_type: 'customer', owner_id: `owner-${++owners}`, ...more });
const asAdmin = (method: string, path: string, body?: unknown): Promise<Received> =>
  management.send(path, { method, ...(body === undefined ? {} : { body }), headers: { authorization: `Bearer ${admin.jwt}` } });

const keyIn = (answer: Received) => (answer.json as { key: Json & { id: number } }).key;
const keysIn = (answer: Received) => (answer.json as { keys: (Json & { id: number })[] }).keys;
const detailsIn = (answer: Received) => (answer.json as { details: { path: string; message: string }[] }).details;
const create = (portal: OpenPortal, body: Json = {}) => portal.call('POST', '/api/portal/keys', body);
const list = (portal: OpenPortal, query = 'kind=secret') => portal.call('GET', `/api/portal/keys?${query}`);
const idsOf = async (portal: OpenPortal, query?: string) => keysIn(await list(portal, query)).map(({ id }) => id);

describe('a new key', () => {
  it('takes name, scopes and preset, and belongs to the owner of the session', async () => {
    const portal = await open();
    const answer = await create(portal, { name: 'Production Server', scopes: ['read', '', 'validate'], expires_at_preset: '30_days' });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ token: expect.stringMatching(/^sk_live_[0-9A-Za-z]{42}$/), message: 'API key created.' });
    const key = keyIn(answer);
    expect(key).toMatchObject({
      name: 'Production Server',
      key_type: 'secret',
      scopes: ['read', 'validate'],
      revocable: true,
      status: 'active',
    });
    expect(Math.abs(Date.parse(`${key.expires_at}`) - Date.parse(`${key.created_at}`) - 30 * DAY)).toBeLessThan(60_000);
    expect(await asAdmin('GET', `/api/api-tokens/${key.id}`)).toMatchObject({
      json: { token: { owner_type: 'customer', owner_id: `owner-${owners}`, created_by: `portal:${portal.id}` } },
    });
    expect(management.changed).toContain(key.id);
  });

  it('takes nothing else: owner, type, environment, an instant, metadata and limits are not the owner’s to set', async () => {
    const portal = await open();
    const key = keyIn(
      await create(portal, {
        name: 'greedy',
        owner_type: 'customer',
        owner_id: 'somebody else',
        key_type: 'publishable',
        environment: 'test',
        expires_at: '2099-01-01',
        expires_in: 5,
        metadata: { admin: true },
        rate_limit: 1_000_000,
        allowed_endpoints: null,
        prefix: 'lk_live_',
        permissions: { files: ['write'] },
        active: false,
      }),
    );
    expect(await asAdmin('GET', `/api/api-tokens/${key.id}`)).toMatchObject({
      json: {
        token: {
          owner_id: `owner-${owners}`,
          key_type: 'secret',
          environment: 'live',
          expires_at: null,
          metadata: null,
          rate_limit: 100,
          prefix: 'sk_live_',
          permissions: null,
          active: true,
        },
      },
    });
  });

  it('may be without a name, and a blank name is none, unless the owner’s rules want one', async () => {
    const portal = await open();
    for (const body of [{}, { name: null }, { name: '  ' }]) expect(keyIn(await create(portal, body))).toMatchObject({ name: null });
    const strict = await open({ owner_type: 'strict' });
    expect(await create(strict, {})).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR' } });
    expect(detailsIn(await create(strict, { name: '' }))[0]?.path).toBe('name');
    expect((await create(strict, { name: 'named' })).status).toBe(201);
  });

  it.each<[Json, string]>([
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'a\0' }, 'name'],
    [{ scopes: ['superuser'] }, 'scopes'],
    // In the vocabulary, but beyond what the type can hold.
    [{ scopes: ['read', 'issue_license'] }, 'scopes'],
    [{ scopes: 7 }, 'scopes'],
    [{ expires_at_preset: 'never' }, 'expires_at_preset'],
    [{ expires_at_preset: 30 }, 'expires_at_preset'],
  ])('is refused with %j, says why, and nothing is made', async (body, path) => {
    const portal = await open();
    const answer = await create(portal, body);
    expect(answer).toMatchObject({ status: 400, json: { error: 'Invalid input', code: 'VALIDATION_ERROR' } });
    expect(detailsIn(answer).map((detail) => detail.path)).toContain(path);
    expect(keysIn(await list(portal))).toEqual([]);
  });

  it('is refused beyond the owner’s limit, which the session tells before', async () => {
    const portal = await open({ owner_type: 'small' });
    const secret = async () => ((await portal.call('GET', '/api/portal/session')).json as { secret: Json }).secret;
    expect(await secret()).toEqual({ can_create: true });
    await create(portal);
    await create(portal);
    expect(await secret()).toEqual({ can_create: false });
    expect(await create(portal)).toMatchObject({ status: 422, json: { code: 'LIMIT_REACHED' } });
  });

  it('is of the environment that the session is for', async () => {
    const portal = await open({ environment: 'test' });
    expect(await create(portal)).toMatchObject({ json: { token: expect.stringMatching(/^sk_test_/), key: { environment: 'test' } } });
  });
});

describe('the text of a new key', () => {
  const reveal = (portal: OpenPortal, id: number) => portal.call('POST', `/api/portal/keys/${id}/reveal`);

  it('can be read once more by the session that made it, and then never again', async () => {
    const portal = await open();
    const made = await create(portal);
    const { id } = keyIn(made);
    const first = await reveal(portal, id);
    expect(first).toMatchObject({ status: 200, json: { token: (made.json as Json).token } });
    expect(first.headers['cache-control']).toBe('no-store');
    expect(await reveal(portal, id)).toMatchObject({ status: 404, json: { message: 'Token can only be shown once.' } });
  });

  it('can not be read by another session of the same owner', async () => {
    const owner = { owner_id: 'the same' };
    const portal = await open(owner);
    const { id } = keyIn(await create(portal));
    expect((await reveal(await open(owner), id)).status).toBe(404);
    expect((await reveal(portal, id)).status).toBe(200);
  });

  it('is in no other answer', async () => {
    const portal = await open();
    const made = await create(portal, { name: 'secretive' });
    const { token } = made.json as { token: string };
    const { id } = keyIn(made);
    const paths = ['/api/portal/session', '/api/portal/keys?kind=secret', `/api/portal/keys/${id}/edit`, `/api/portal/keys/${id}/usage`];
    for (const path of paths) {
      const answer = await portal.call('GET', path);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(token.slice(8));
      expect(answer.text).not.toMatch(/digest|metadata|created_by/);
    }
    expect((await portal.call('GET', `/api/portal/keys/${id}/token`)).status).toBe(404);
    const { entries } = await management.database.audit.list({ limit: 200, offset: 0 });
    expect(JSON.stringify(entries)).not.toContain(token.slice(8));
    expect(management.errors.join()).not.toContain(token.slice(8));
  });
});

describe('the publishable key', () => {
  const createPublishable = (portal: OpenPortal) => portal.call('POST', '/api/portal/keys/create_publishable');

  it('is called "SDK Key", and its owner may see it again', async () => {
    const portal = await open();
    const made = await createPublishable(portal);
    expect(made).toMatchObject({ status: 201, json: { message: 'Publishable key created!', token: expect.stringMatching(/^pk_live_/) } });
    const key = keyIn(made);
    expect(key).toMatchObject({ name: 'SDK Key', key_type: 'publishable', publishable: true, viewable: true, revocable: false });
    for (const _ of [1, 2]) {
      expect((await portal.call('GET', `/api/portal/keys/${key.id}/token`)).json).toEqual({ token: (made.json as Json).token });
    }
  });

  it('is one: a second is refused, also when two are asked for at once', async () => {
    const portal = await open();
    const answers = await Promise.all([createPublishable(portal), createPublishable(portal), createPublishable(portal)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
    expect(await createPublishable(portal)).toMatchObject({ status: 422, json: { message: 'You already have a publishable key.' } });
    expect(keysIn(await list(portal, 'kind=publishable'))).toHaveLength(1);
    expect((await portal.call('GET', '/api/portal/session')).json).toMatchObject({
      publishable: { can_create: false },
      secret: { can_create: true },
    });
  });

  it('can not be revoked, and stays as it is', async () => {
    const portal = await open();
    const { id } = keyIn(await createPublishable(portal));
    expect(await portal.call('POST', `/api/portal/keys/${id}/revoke`)).toMatchObject({
      status: 409,
      json: { code: 'CONFLICT', message: 'This key cannot be revoked.' },
    });
    expect(keysIn(await list(portal, 'kind=publishable&state=active'))).toMatchObject([{ id, status: 'active' }]);
  });

  it('is not offered where the session is for secret keys', async () => {
    const portal = await open({ key_types: ['secret'] });
    expect((await portal.call('GET', '/api/portal/session')).json).toMatchObject({ publishable: null, secret: { can_create: true } });
    expect(await createPublishable(portal)).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    expect(keysIn(await list(portal, 'kind=publishable'))).toEqual([]);
  });
});

describe('the list', () => {
  it('has each kind by itself, newest first, keys without a type among the secret ones', async () => {
    const portal = await open({ owner_id: 'lister' });
    const old = await asAdmin('POST', '/api/api-tokens', { name: 'legacy', owner_type: 'customer', owner_id: 'lister' });
    const legacy = (old.json as { token: { id: number } }).token.id;
    const first = keyIn(await create(portal)).id;
    const second = keyIn(await create(portal)).id;
    const publishable = keyIn(await portal.call('POST', '/api/portal/keys/create_publishable')).id;
    expect(await idsOf(portal)).toEqual([second, first, legacy]);
    expect(await idsOf(portal, 'kind=publishable')).toEqual([publishable]);
    expect(await idsOf(portal, 'kind=secret&limit=1&offset=1')).toEqual([first]);
    expect((await list(portal, 'kind=secret&limit=1')).json).toMatchObject({ total: 3 });
  });

  it('tells active from inactive, expired and revoked', async () => {
    const portal = await open({ owner_id: 'filterer' });
    const active = keyIn(await create(portal)).id;
    const disabled = keyIn(await create(portal)).id;
    const expired = keyIn(await create(portal)).id;
    const revoked = keyIn(await create(portal)).id;
    await asAdmin('PUT', `/api/api-tokens/${disabled}`, { active: false });
    await asAdmin('PUT', `/api/api-tokens/${expired}`, { expires_at: '2020-01-01' });
    await portal.call('POST', `/api/portal/keys/${revoked}/revoke`);
    expect(await idsOf(portal, 'kind=secret&state=active')).toEqual([disabled, active]);
    expect(await idsOf(portal, 'kind=secret&state=inactive')).toEqual([revoked, expired]);
    expect(await idsOf(portal, 'kind=secret&state=expired')).toEqual([expired]);
    expect(await idsOf(portal, 'kind=secret&state=revoked')).toEqual([revoked]);
    expect(keysIn(await list(portal)).map(({ status }) => status)).toEqual(['revoked', 'expired', 'disabled', 'active']);
  });

  it('is of the environment that the session is for, and of the types', async () => {
    const owner = { owner_id: 'of two worlds' };
    const live = keyIn(await create(await open(owner))).id;
    const test = keyIn(await create(await open({ ...owner, environment: 'test' }))).id;
    expect(await idsOf(await open(owner))).toEqual([test, live]);
    expect(await idsOf(await open({ ...owner, environment: 'test' }))).toEqual([test]);
    expect(await idsOf(await open({ ...owner, key_types: ['publishable'] }))).toEqual([]);
  });
});

describe('a form', () => {
  it('offers the owner’s scopes within what the type can hold, and the presets of the policy', async () => {
    const portal = await open();
    expect((await portal.call('GET', '/api/portal/keys/new')).json).toMatchObject({
      scopes: [
        { name: 'read', description: 'Read everything' },
        { name: 'validate', description: 'Check a licence' },
        { name: 'admin', description: 'Everything' },
      ],
      require_name: false,
    });
    const strict = await open({ owner_type: 'strict' });
    const form = (await strict.call('GET', '/api/portal/keys/new')).json as { scopes: Json[]; expirations: Json[]; require_name: boolean };
    expect(form.scopes.map(({ name }) => name)).toEqual(['read']);
    expect(form.require_name).toBe(true);
    expect(form.expirations.slice(0, 2)).toEqual([
      { value: 'no_expiration', seconds: null },
      { value: '7_days', seconds: 604_800 },
    ]);
  });

  it('of an existing key has its name and scopes', async () => {
    const portal = await open();
    const { id } = keyIn(await create(portal, { name: 'before', scopes: ['read'] }));
    expect((await portal.call('GET', `/api/portal/keys/${id}/edit`)).json).toMatchObject({
      key: { id, name: 'before', scopes: ['read'] },
      form: { scopes: [{ name: 'read' }, { name: 'validate' }, { name: 'admin' }] },
    });
  });
});

describe('a change', () => {
  it('renames and sets scopes, and nothing else', async () => {
    const portal = await open();
    const { id } = keyIn(await create(portal, { name: 'before', scopes: ['read'] }));
    const body = {
      name: 'after',
      scopes: ['validate'],
      expires_at: '2020-01-01',
      active: false,
      owner_id: 'x',
      metadata: {},
      key_type: 'publishable',
    };
    const answer = await portal.call('PUT', `/api/portal/keys/${id}`, body);
    expect(answer).toMatchObject({ status: 200, json: { message: 'API key updated.', key: { name: 'after', scopes: ['validate'] } } });
    expect(await asAdmin('GET', `/api/api-tokens/${id}`)).toMatchObject({
      json: { token: { status: 'active', expires_at: null, owner_id: `owner-${owners}`, key_type: 'secret', metadata: null } },
    });
  });

  it('leaves what it does not name, and clears a name', async () => {
    const portal = await open();
    const { id } = keyIn(await create(portal, { name: 'before', scopes: ['read'] }));
    expect(keyIn(await portal.call('PUT', `/api/portal/keys/${id}`, { name: '' }))).toMatchObject({ name: null, scopes: ['read'] });
    expect(keyIn(await portal.call('PUT', `/api/portal/keys/${id}`, { scopes: [] }))).toMatchObject({ name: null, scopes: [] });
  });

  it('gives no scope that is not offered, and takes one away that an administrator gave', async () => {
    const portal = await open({ owner_id: 'scoped' });
    const made = await asAdmin('POST', '/api/api-tokens', {
      name: 'given',
      owner_type: 'customer',
      owner_id: 'scoped',
      scopes: ['read', 'issue_license'],
    });
    const { id } = (made.json as { token: { id: number } }).token;
    const change = (scopes: string[]) => portal.call('PUT', `/api/portal/keys/${id}`, { scopes });
    expect(await change(['superuser'])).toMatchObject({ status: 400, json: { details: [{ path: 'scopes' }] } });
    expect(keyIn(await change(['read', 'issue_license', 'admin']))).toMatchObject({ scopes: ['read', 'issue_license', 'admin'] });
    expect(keyIn(await change(['read']))).toMatchObject({ scopes: ['read'] });
  });
});

describe('revoking', () => {
  it('ends the key for good, and is written down as the owner’s doing', async () => {
    const portal = await open({ owner_name: 'Nordlicht' });
    const { id } = keyIn(await create(portal, { name: 'short-lived' }));
    const answer = await portal.call('POST', `/api/portal/keys/${id}/revoke`);
    expect(answer).toMatchObject({ status: 200, json: { message: 'API key revoked.', key: { id, status: 'revoked' } } });
    expect((await portal.call('POST', `/api/portal/keys/${id}/revoke`)).status).toBe(200);
    const { entries } = await management.database.audit.list({ limit: 10, offset: 0, targetType: 'token', targetId: `${id}` });
    expect(entries.map(({ action, actorId, actorName }) => [action, actorId, actorName])).toEqual([
      ['token.revoke', `portal:${portal.id}`, 'Nordlicht'],
      ['token.create', `portal:${portal.id}`, 'Nordlicht'],
    ]);
  });
});

describe('keys of others', () => {
  it.each<[string, string, Json?]>([
    ['GET', '/edit'],
    ['PUT', '', { name: 'mine now' }],
    ['POST', '/revoke'],
    ['POST', '/reveal'],
    ['GET', '/token'],
    ['GET', '/usage'],
  ])('are not there: %s …%s', async (method, path, body) => {
    const [mine, others] = [await open(), await open()];
    const { id } = keyIn(await create(others, { name: 'theirs' }));
    const foreign = await mine.call(method, `/api/portal/keys/${id}${path}`, body);
    const unknown = await mine.call(method, `/api/portal/keys/999999${path}`, body);
    expect(foreign).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    expect(foreign.text.replace(/[\w-]{36}/, '').replace(`${id}`, '')).toBe(unknown.text.replace(/[\w-]{36}/, '').replace('999999', ''));
    expect(keysIn(await list(others))).toMatchObject([{ id, name: 'theirs', status: 'active' }]);
    expect(keysIn(await list(mine))).toEqual([]);
  });

  it('of the same id under another type of owner are not there either', async () => {
    const user = await open({ owner_type: 'user', owner_id: '42' });
    const { id } = keyIn(await create(user));
    const customer = await open({ owner_type: 'customer', owner_id: '42' });
    expect((await customer.call('POST', `/api/portal/keys/${id}/revoke`)).status).toBe(404);
    expect(await idsOf(customer)).toEqual([]);
  });
});

describe('what a session may not', () => {
  it.each<[string[], string, string]>([
    [['edit', 'revoke'], 'POST', '/api/portal/keys'],
    [['edit', 'revoke'], 'GET', '/api/portal/keys/new'],
    [['edit', 'revoke'], 'POST', '/api/portal/keys/create_publishable'],
    [['create', 'revoke'], 'PUT', '/api/portal/keys/1'],
    [['create', 'edit'], 'POST', '/api/portal/keys/1/revoke'],
  ])('with only %j: %s %s', async (actions, method, path) => {
    const portal = await open({ actions });
    const body = method === 'GET' ? undefined : {};
    expect(await portal.call(method, path, body)).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    expect(keysIn(await list(portal))).toEqual([]);
  });
});

describe('usage', () => {
  it('is one point for each hour, of this key alone', async () => {
    const portal = await open();
    const { id } = keyIn(await create(portal));
    const at = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const base = { kind: 'request', method: 'GET', endpoint: '/products', path: '/products', durationUs: 45_400, tokenId: id } as const;
    const more = { requestBytes: 0, responseBytes: 10, ip: null, userAgent: null, outcome: 'VALID', requestId: 'r', cost: 1 } as const;
    const record = (status: number, when: number) => ({ ...base, ...more, at: when, status, secretId: null, trial: null });
    const records = [record(200, at), record(200, at), record(429, at), record(200, at - 3 * 3_600_000)];
    await management.database.usageStore.ingest(`portal-${id}`, records, null, { segment: 1, offset: 1 });
    const answer = await portal.call('GET', `/api/portal/keys/${id}/usage?hours=24`);
    const { points } = answer.json as { points: Json[] };
    expect(points).toHaveLength(24);
    expect(points.at(-1)).toEqual({ at: new Date(at).toISOString(), requests: 3, ok: 2, failed: 1 });
    expect(points.at(-4)).toMatchObject({ requests: 1, ok: 1, failed: 0 });
    expect(points.reduce((sum, point) => sum + Number(point.requests), 0)).toBe(4);
    expect(answer.json).toMatchObject({ key: { id, requests_24h: 4, failed_24h: 1, total_requests: 4, last_used_at: expect.any(String) } });
  });

  it('is of a week at most', async () => {
    const portal = await open();
    const { id } = keyIn(await create(portal));
    expect((await portal.call('GET', `/api/portal/keys/${id}/usage?hours=169`)).status).toBe(400);
    expect((await portal.call('GET', `/api/portal/keys/${id}/usage?hours=168`)).status).toBe(200);
  });
});
