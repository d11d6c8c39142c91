import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import { openPortal, requestPortal, useLink } from './testing/open-portal.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

const HOST = 'https://app.example.com';
const START = Date.now();
const KEYS = '/api/portal/keys?kind=secret';

let now = START;
let management: Management;
let admin: SignedIn;
beforeAll(async () => {
  management = await openManagement({ now: () => now });
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

const OWNER = { owner_type: 'customer', owner_id: '42' };
const request = (more = {}) => requestPortal(management, admin, { ...OWNER, ...more });
const open = (more = {}) => openPortal(management, admin, { ...OWNER, ...more });

describe('a link', () => {
  it('opens the session once, and the cookie that it gives is read by no script and sent by no other site', async () => {
    const { link } = await request();
    const opened = await useLink(management, link, { origin: management.url });
    expect(opened).toMatchObject({ status: 200, json: { bearer: null, session: { id: expect.any(Number) } } });
    expect(`${opened.headers['set-cookie']}`).toMatch(
      /^latchkey\.portal=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect(await useLink(management, link)).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } });
  });

  it('is refused when it is altered, somebody else’s, missing, or in the address', async () => {
    const { link } = await request();
    const [random, signature] = link.split('.');
    for (const wrong of ['', 'x', `${random}.${random}`, `${signature}.${random}`, link.slice(0, -1)]) {
      expect((await useLink(management, wrong)).status).toBe(401);
    }
    expect((await management.send(`/api/portal/session?token=${link}`, { method: 'POST' })).status).toBe(401);
    expect((await useLink(management, link)).status).toBe(200);
  });

  it('is no credential for keys, nor for management', async () => {
    const { link } = await request();
    const headers = { authorization: `Bearer ${link}` };
    for (const path of [KEYS, '/api/portal/session', '/api/api-tokens', '/trpc/admin.me']) {
      expect((await management.send(path, { headers })).status).toBe(401);
    }
  });
});

describe('without an open session', () => {
  const calls: [string, string][] = [
    ['GET', '/api/portal/session'],
    ['GET', KEYS],
    ['POST', '/api/portal/keys'],
    ['GET', '/api/portal/keys/new'],
    ['POST', '/api/portal/keys/create_publishable'],
    ['GET', '/api/portal/keys/1/edit'],
    ['PUT', '/api/portal/keys/1'],
    ['POST', '/api/portal/keys/1/revoke'],
    ['POST', '/api/portal/keys/1/reveal'],
    ['GET', '/api/portal/keys/1/token'],
    ['GET', '/api/portal/keys/1/usage'],
  ];

  it.each(calls)('nobody may %s %s, an administrator and an API token included', async (method, path) => {
    const callers: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${admin.jwt}` },
      { cookie: admin.cookie, origin: management.url },
      { 'x-api-key': 'lk_live_x' },
    ];
    for (const headers of callers) {
      const answer = await management.send(path, { method, headers, ...(method === 'GET' ? {} : { body: {} }) });
      expect(answer).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } });
    }
  });

  it('there is still nothing at other paths', async () => {
    const portal = await open();
    expect((await portal.call('GET', '/api/portal/keys/1')).status).toBe(405);
    expect((await portal.call('DELETE', '/api/portal/keys/1')).status).toBe(405);
    expect((await portal.call('GET', '/api/portal/owners')).status).toBe(404);
  });
});

describe('the end of a session', () => {
  it('comes with its time, to the second, also for the link', async () => {
    const [portal, unused] = [await open({ ttl_seconds: 60 }), await request({ ttl_seconds: 60 })];
    expect((await portal.call('GET', KEYS)).status).toBe(200);
    now += 60_000;
    expect(await portal.call('GET', KEYS)).toMatchObject({
      status: 401,
      json: { message: expect.stringContaining('This session is over') },
    });
    expect((await useLink(management, unused.link)).status).toBe(401);
    now = START;
  });

  it('comes at once when an administrator ends it', async () => {
    const portal = await open();
    await management.send(`/api/portal-sessions/${portal.id}/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.jwt}` },
    });
    expect((await portal.call('GET', KEYS)).status).toBe(401);
  });

  it('comes with the end of the owner, so that no new key is made after that', async () => {
    const [portal, other] = [await open({ owner_id: 'leaving' }), await open({ owner_id: 'staying' })];
    const headers = { authorization: `Bearer ${admin.jwt}` };
    const ended = await management.send('/api/api-tokens/owners/end', {
      method: 'POST',
      headers,
      body: { owner_type: 'customer', owner_id: 'leaving' },
    });
    expect(ended.status).toBe(200);
    expect((await portal.call('POST', '/api/portal/keys', { name: 'too late' })).status).toBe(401);
    expect((await other.call('GET', KEYS)).status).toBe(200);
  });

  it('comes when the owner says so, and takes the cookie along', async () => {
    const portal = await open();
    const ended = await portal.call('DELETE', '/api/portal/session');
    expect(ended.status).toBe(200);
    expect(`${ended.headers['set-cookie']}`).toContain('latchkey.portal=; ');
    expect((await portal.call('GET', KEYS)).status).toBe(401);
  });
});

describe('a session by cookie', () => {
  it('changes nothing on behalf of a foreign page', async () => {
    const portal = await open();
    const sent = { method: 'POST', body: { name: 'forged' } };
    const pages: Record<string, string>[] = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}];
    for (const headers of pages) {
      const answer = await management.send('/api/portal/keys', { ...sent, headers: { cookie: portal.cookie, ...headers } });
      expect(answer).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    }
    expect(((await portal.call('GET', KEYS)).json as { total: number }).total).toBe(0);
  });

  it('is not taken for the one that another tab has opened meanwhile', async () => {
    const [first, second] = [await open({ owner_id: 'first' }), await open({ owner_id: 'second' })];
    const headers = { 'x-portal-session': `${first.id}` };
    expect((await second.call('GET', KEYS, undefined, headers)).status).toBe(401);
    expect((await first.call('GET', KEYS, undefined, headers)).status).toBe(200);
  });

  it('does not make up for a bearer that is no good', async () => {
    const portal = await open();
    expect((await portal.call('GET', KEYS, undefined, { authorization: 'Bearer nonsense' })).status).toBe(401);
  });

  it('is bound to TLS where there is TLS', async () => {
    const secure = await openManagement({ facts: (facts) => ({ ...facts, origin: facts.origin.replace('http:', 'https:') }) });
    const secureAdmin = await signInAs(secure, 'admin');
    const { link } = await requestPortal(secure, secureAdmin, OWNER);
    const opened = await useLink(secure, link);
    const cookie = `${opened.headers['set-cookie']}`;
    expect(cookie).toMatch(/^__Host-latchkey\.portal=.*; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/);
    const text = cookie.split(/[=;]/)[1];
    expect((await secure.send(KEYS, { headers: { cookie: `__Host-latchkey.portal=${text}` } })).status).toBe(200);
    expect((await secure.send(KEYS, { headers: { cookie: `latchkey.portal=${text}` } })).status).toBe(401);
    await secure.close();
  });
});

describe('a session for a foreign page', () => {
  it('has a bearer and no cookie, and is good from that page alone', async () => {
    const portal = await open({ embed_origin: HOST });
    expect(portal.cookie).toBe('');
    expect(portal.bearer).toMatch(/^[\w-]{43}\.[\w-]{43}$/);
    for (const origin of [HOST, management.url]) expect((await portal.call('GET', KEYS, undefined, { origin })).status).toBe(200);
    const foreign = await portal.call('GET', KEYS, undefined, { origin: 'https://evil.example' });
    expect(foreign).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
  });

  it('is asked for and used across origins as browsers do it, without cookies', async () => {
    const preflight = await management.send('/api/portal/keys', {
      method: 'OPTIONS',
      headers: { origin: HOST, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': '*' } });
    expect(`${preflight.headers['access-control-allow-headers']}`).toContain('authorization');
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    const { link } = await request({ embed_origin: HOST });
    const crossing = { origin: HOST, 'sec-fetch-site': 'cross-site' };
    const opened = await useLink(management, link, crossing);
    expect(opened).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
    const { bearer } = opened.json as { bearer: string };
    const headers = { ...crossing, authorization: `Bearer ${bearer}` };
    expect((await management.send('/api/portal/keys', { method: 'POST', headers, body: { name: 'embedded' } })).status).toBe(201);
  });

  it('can not be opened from elsewhere, nor one that names no foreign page from anywhere', async () => {
    const { link } = await request({ embed_origin: HOST });
    expect((await useLink(management, link, { origin: 'https://evil.example' })).status).toBe(403);
    const own = await request();
    const refused = await useLink(management, own.link, { origin: HOST });
    expect(refused.status).toBe(403);
    expect(refused.headers['set-cookie']).toBeUndefined();
  });

  it('does not open management to foreign pages', async () => {
    const answer = await management.send('/api/api-tokens', { headers: { authorization: `Bearer ${admin.jwt}`, origin: HOST } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('the page', () => {
  const policyOf = async (path: string) => `${(await management.send(path)).headers['content-security-policy']}`;

  it('is there without any session, and nobody may frame it', async () => {
    const page = await management.send('/portal');
    expect(page).toMatchObject({ status: 200, headers: { 'x-frame-options': 'DENY', 'cache-control': 'no-cache' } });
    expect(page.text).toContain('API keys');
    expect(await policyOf('/portal')).toContain("frame-ancestors 'none'");
  });

  it('may be framed by the origin that the session names, and by no other', async () => {
    const { url } = await request({ embed_origin: HOST });
    const path = url.slice(management.url.length).split('#')[0] ?? '';
    const page = await management.send(path);
    expect(page.headers['x-frame-options']).toBeUndefined();
    expect(await policyOf(path)).toMatch(/; frame-ancestors https:\/\/app\.example\.com$/);
    expect(await policyOf(path)).toContain("script-src 'self'");
  });

  it.each(['https://evil.example', `${Buffer.from('https://evil.example').toString('base64url')}.${'a'.repeat(43)}`, '*', '', 'a&embed=b'])(
    'may not be framed by an origin that we did not write: %s',
    async (embed) => {
      expect(await policyOf(`/portal?embed=${embed}`)).toContain("frame-ancestors 'none'");
    },
  );
});
