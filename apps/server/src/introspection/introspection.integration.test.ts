// `POST /introspect` (RFC 7662) and `POST /revoke` (RFC 7009) over the management app.
import { createTokenText } from '@latchkey/core';
import { aTokenPolicy } from '@latchkey/core/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from '../management/testing/open-management.ts';
import type { Received, Sent } from '../management/testing/sender.ts';
import { type SignedIn, signInAs } from '../management/testing/sign-in.ts';

let management: Management;
let admin: SignedIn;
let viewer: SignedIn;
beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
  viewer = await signInAs(management, 'viewer');
});
afterAll(() => management.close());

type Json = Record<string, unknown>;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const as = (caller: SignedIn) => ({ authorization: `Bearer ${caller.jwt}` });

function post(path: string, form: Record<string, string> | string, sent: Sent = {}): Promise<Received> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return management.send(path, { method: 'POST', body, ...sent, headers: { ...FORM, ...as(admin), ...sent.headers } });
}
const introspect = (token: string, sent?: Sent) => post('/introspect', { token }, sent);
const revoke = (token: string, sent?: Sent) => post('/revoke', { token }, sent);

async function createToken(settings: Json = {}): Promise<Json & { id: number; token: string }> {
  const answer = await rest('POST', '', { name: 'presented', ...settings });
  return (answer.json as { token: Json & { id: number; token: string } }).token;
}
const rest = (method: string, path: string, body?: Json) => management.send(`/api/api-tokens${path}`, { method, body, headers: as(admin) });

const INACTIVE = { active: false };

describe('POST /introspect', () => {
  it('says what a good token may do, for how long, and whose it is', async () => {
    const token = await createToken({
      ...{ scopes: ['read', 'write'], owner_type: 'user', owner_id: '7', expires_at: '2099-12-31' },
      ...{ permissions: { files: ['read'] }, allowed_endpoints: ['GET /products*'] },
    });
    const answer = await introspect(token.token);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      active: true,
      scope: 'read write',
      client_id: `token:${token.id}`,
      token_type: 'Bearer',
      exp: Date.UTC(2099, 11, 31) / 1000,
      iat: Math.floor(Date.parse(String(token.created_at)) / 1000),
      sub: 'user:7',
      jti: String(token.id),
      permissions: { files: ['read'] },
      allowed_endpoints: ['GET /products*'],
      environment: 'live',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-type']).toContain('application/json');
  });

  it('leaves out what a token has not, and is open to viewers, JWT or session', async () => {
    const token = await createToken();
    const expected = {
      active: true,
      client_id: `token:${token.id}`,
      token_type: 'Bearer',
      sub: `token:${token.id}`,
      jti: String(token.id),
    };
    const session = { cookie: viewer.cookie, origin: management.url };
    const bySession = await management.send('/introspect', {
      ...{ method: 'POST', body: `token=${token.token}`, headers: { ...FORM, ...session } },
    });
    for (const answer of [await introspect(token.token, { headers: as(viewer) }), bySession]) {
      expect(answer.json).toEqual({ ...expected, iat: expect.any(Number), environment: 'live' });
    }
  });

  it('says nothing of any other text, and not why', async () => {
    const states: Record<string, string> = { 'nobody issued it': createTokenText('lk_live_'), 'it is no token': 'nothing', jwt: admin.jwt };
    const revoked = await createToken();
    await rest('POST', `/${revoked.id}/revoke`);
    const disabled = await createToken();
    await rest('PUT', `/${disabled.id}`, { active: false });
    const expired = await createToken();
    await rest('PUT', `/${expired.id}`, { expires_at: '2001-01-01' });
    const early = await createToken({ not_before: '2099-01-01' });
    const deleted = await createToken();
    await rest('DELETE', `/${deleted.id}`);
    Object.assign(states, { revoked: revoked.token, disabled: disabled.token, expired: expired.token });
    Object.assign(states, { early: early.token, deleted: deleted.token });
    for (const [state, text] of Object.entries(states)) {
      const answer = await introspect(text);
      expect([state, answer.status, answer.json]).toEqual([state, 200, INACTIVE]);
    }
  });

  it('a secret that is rotated out ends before its token does', async () => {
    const token = await createToken();
    const rotated = await rest('POST', `/${token.id}/rotate`, { overlap_seconds: 600 });
    const { exp } = (await introspect(token.token)).json as { exp: number };
    expect(exp * 1000).toBeLessThanOrEqual(Date.now() + 600_000);
    expect(exp * 1000).toBeGreaterThan(Date.now() + 500_000);
    const newer = (rotated.json as { token: { token: string } }).token.token;
    expect((await introspect(newer)).json).toMatchObject({ active: true, jti: String(token.id) });
    expect((await introspect(newer)).json).not.toHaveProperty('exp');
    const { secrets } = (await rest('GET', `/${token.id}/secrets`)).json as { secrets: { id: number }[] };
    await rest('POST', `/${token.id}/secrets/revoke`, { secret_id: secrets[0]?.id });
    expect((await introspect(token.token)).json).toEqual(INACTIVE);
  });

  it('a token that is bound to addresses or has used up its limit is active: that is said of requests, not of tokens', async () => {
    const token = await createToken({ allowed_ips: ['192.0.2.0/24'], rate_limit: 1, remaining: 0 });
    for (let n = 0; n < 5; n++) expect((await introspect(token.token)).json).toMatchObject({ active: true });
    const status = (await rest('GET', `/${token.id}/limits`)).json as { windows: Json[] };
    expect(status.windows).toMatchObject([{ current: 0, remaining: 1 }]);
  });

  it('a token of another environment is not active where environments are kept apart', async () => {
    const own = await openManagement({ policy: aTokenPolicy({ strictEnvironmentIsolation: true, currentEnvironment: 'live' }) });
    try {
      const boss = await signInAs(own, 'admin');
      const made = await own.send('/api/api-tokens', { method: 'POST', body: { name: 'a' }, headers: as(boss) });
      const { id, token } = (made.json as { token: { id: number; token: string } }).token;
      const ask = async () => (await own.send('/introspect', { ...formOf({ token }), headers: { ...FORM, ...as(boss) } })).json;
      expect(await ask()).toMatchObject({ active: true });
      await querySql(own, `update api_tokens set environment = 'test' where id = ${id}`);
      expect(await ask()).toEqual(INACTIVE);
    } finally {
      await own.close();
    }
  });
});

describe('POST /revoke', () => {
  it('ends the token for good, in the words of the management, and again and again', async () => {
    const token = await createToken();
    const answer = await revoke(token.token);
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, '', 'no-store']);
    expect(management.changed).toContain(token.id);
    expect((await rest('GET', `/${token.id}`)).json).toMatchObject({ token: { status: 'revoked' } });
    expect((await introspect(token.token)).json).toEqual(INACTIVE);
    const audit = await querySql(
      management,
      `select actor_name, action from audit_log where target_id = '${token.id}' order by id desc limit 1`,
    );
    expect(audit).toMatchObject([{ action: 'token.revoke', actor_name: 'Administrator' }]);
    expect((await revoke(token.token)).status).toBe(200);
  });

  it('a text that is no token of ours, or no longer one, is 200 as well, and ends nothing', async () => {
    const token = await createToken();
    const rotated = await rest('POST', `/${token.id}/rotate`, { overlap_seconds: 0 });
    expect(rotated.status).toBe(200);
    for (const text of [createTokenText('lk_live_'), 'nothing', token.token]) {
      expect((await revoke(text)).status).toBe(200);
    }
    expect((await rest('GET', `/${token.id}`)).json).toMatchObject({ token: { status: 'active' } });
  });

  it('a hint changes nothing, whether it is known or not (RFC 7009 §2.1)', async () => {
    for (const hint of ['access_token', 'refresh_token', 'anything']) {
      const token = await createToken();
      expect((await post('/revoke', { token: token.token, token_type_hint: hint })).status).toBe(200);
      expect((await introspect(token.token)).json).toEqual(INACTIVE);
    }
  });

  it('unsupported_token_type for a JWT, and for a key type that can not be revoked', async () => {
    const refusal = { error: 'unsupported_token_type', error_description: expect.any(String) };
    expect(await revoke(admin.jwt)).toMatchObject({ status: 400, json: refusal });
    const own = await openManagement({ policy: aTokenPolicy() });
    try {
      const boss = await signInAs(own, 'admin');
      const body = { name: 'a', key_type: 'publishable', owner_type: 'user', owner_id: '1' };
      const made = await own.send('/api/api-tokens', { method: 'POST', body, headers: as(boss) });
      const { token } = (made.json as { token: { token: string } }).token;
      expect(await own.send('/revoke', { ...formOf({ token }), headers: { ...FORM, ...as(boss) } })).toMatchObject({
        status: 400,
        json: refusal,
      });
    } finally {
      await own.close();
    }
  });
});

describe('who may not', () => {
  it('invalid_client with a challenge: nobody, an API token, a bad JWT – whatever the form says', async () => {
    const { token } = await createToken();
    const headers: Record<string, string>[] = [
      { authorization: '' },
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${admin.jwt.slice(0, -3)}abc` },
      { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    ];
    for (const path of ['/introspect', '/revoke']) {
      for (const one of headers) {
        for (const form of [`token=${token}`, '']) {
          const answer = await post(path, form, { headers: one });
          expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
          expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
          expect(answer.headers['cache-control']).toBe('no-store');
        }
      }
    }
    expect((await introspect(token)).json).toMatchObject({ active: true });
  });

  it('unauthorized_client: a viewer revokes nothing', async () => {
    const { token } = await createToken();
    expect(await revoke(token, { headers: as(viewer) })).toMatchObject({ status: 403, json: { error: 'unauthorized_client' } });
    expect((await introspect(token)).json).toMatchObject({ active: true });
  });

  it('a page of another site, whose forms bring the session along', async () => {
    const { token } = await createToken();
    const { cookie } = admin;
    const foreign: Record<string, string>[] = [
      { cookie, origin: 'https://elsewhere.example' },
      { cookie, 'sec-fetch-site': 'cross-site', origin: management.url },
      { cookie },
    ];
    for (const headers of foreign) {
      const sent = { method: 'POST', body: `token=${token}`, headers: { ...FORM, ...headers } };
      expect((await management.send('/revoke', sent)).status).toBe(403);
      expect((await management.send('/introspect', sent)).status).toBe(403);
    }
    expect((await introspect(token)).json).toMatchObject({ active: true });
    const own = { method: 'POST', body: `token=${token}`, headers: { ...FORM, cookie, origin: management.url } };
    expect((await management.send('/revoke', own)).status).toBe(200);
  });
});

describe('invalid_request', () => {
  const CASES: [string, Record<string, string> | string, Record<string, string>][] = [
    ['no token', {}, {}],
    ['an empty token', { token: '' }, {}],
    ['a token twice', 'token=a&token=b', {}],
    ['a hint twice', 'token=a&token_type_hint=b&token_type_hint=c', {}],
    ['JSON', '{"token":"a"}', { 'content-type': 'application/json' }],
    ['a text', 'token=a', { 'content-type': 'text/plain' }],
    ['a token that is too long', { token: 'x'.repeat(5_000) }, {}],
  ];
  it.each(CASES)('400 for %s', async (_what, form, headers) => {
    for (const path of ['/introspect', '/revoke']) {
      const answer = await post(path, form, { headers });
      expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_request', error_description: expect.any(String) } });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('never by the address: a token there would be in every log', async () => {
    const { token } = await createToken();
    expect(await post(`/introspect?token=${token}`, {})).toMatchObject({ status: 400 });
    const answer = await management.send(`/introspect?token=${token}`, { headers: as(admin) });
    expect(answer).toMatchObject({ status: 405, json: { error: 'invalid_request' } });
    expect(answer.headers.allow).toBe('POST');
  });

  it('413 for a form that is larger than any with a token', async () => {
    expect(await post('/revoke', { token: 'x'.repeat(20_000) })).toMatchObject({ status: 413, json: { error: 'invalid_request' } });
  });
});

describe('what is presented', () => {
  it('is in no log and in no answer', async () => {
    const canary = createTokenText('lk_live_');
    const answers = [await introspect(canary), await revoke(canary), await post('/revoke', `token=${canary}&token=${canary}`)];
    for (const { text } of answers) expect(text).not.toContain(canary);
    expect(management.errors.join('')).not.toContain(canary);
  });
});

function formOf(form: Record<string, string>): Sent {
  return { method: 'POST', body: new URLSearchParams(form).toString() };
}

async function querySql({ databaseUrl }: Management, sql: string): Promise<Json[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
