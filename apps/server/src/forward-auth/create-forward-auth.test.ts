import { createServer, type RequestListener } from 'node:http';
import type { GuardOptions } from '@latchkey/bearer-auth';
import { type Answer, aGuardScene, bearer, type GuardScene, listen, type SendOptions, send } from '@latchkey/bearer-auth/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClientFactsReader, createSecureReader } from '../gateway/client-facts-reader.ts';
import { createTrustedPeers } from '../gateway/trusted-peers.ts';
import { createForwardAuth } from './create-forward-auth.ts';

interface Scene extends GuardScene {
  /** One call at the endpoint, as a proxy makes it. */
  ask(options: SendOptions): Promise<Answer>;
  /** The same in nginx's words. */
  askNginx(method: string, uri: string, headers?: readonly string[]): Promise<Answer>;
}

interface Settings {
  readonly proxies?: readonly string[];
  readonly mount?: string;
  readonly guard?: Partial<GuardOptions>;
}

/** Unless it says otherwise the test is a trusted proxy. */
async function open({ proxies = ['127.0.0.1'], mount = '/api', guard = {} }: Settings = {}): Promise<Scene> {
  const scene = aGuardScene(guard);
  const trusted = createTrustedPeers(proxies);
  const clientFacts = createClientFactsReader(trusted, null);
  const forwardAuth = createForwardAuth({
    guard: scene.guard,
    trusted,
    mount,
    clientAddress: (req) => clientFacts(req).address,
    ...(guard.requireHttps && { isSecure: createSecureReader(trusted) }),
  });
  const door = await listen(createServer(forwardAuth));
  onTestFinished(async () => {
    await door.close();
    await scene.guard.close();
  });
  const ask: Scene['ask'] = (options) => send(door.url, { path: '/auth/verify', ...options });
  return Object.assign(scene, {
    ask,
    askNginx: (method: string, uri: string, headers: readonly string[] = []) =>
      ask({ headers: ['X-Original-Method', method, 'X-Original-URI', uri, ...headers] }),
  });
}

describe('200: the conventions of every proxy name the same request', () => {
  const CONVENTIONS: Record<string, (token: string[]) => SendOptions> = {
    'nginx auth_request': (token) => ({
      headers: ['X-Original-Method', 'POST', 'X-Original-URI', '/api/products/7?full=1', 'X-Forwarded-For', '192.0.2.7', ...token],
    }),
    'the ingress of nginx': (token) => ({
      headers: [
        ...['X-Original-Method', 'POST', 'X-Original-URI', '/api/products/7?full=1'],
        ...['X-Original-URL', 'https://api.example.com/api/products/7?full=1', 'X-Forwarded-For', '192.0.2.7', ...token],
      ],
    }),
    Traefik: (token) => ({
      headers: [
        ...['X-Forwarded-Method', 'POST', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'api.example.com'],
        ...['X-Forwarded-Uri', '/api/products/7?full=1', 'X-Forwarded-For', '192.0.2.7', ...token],
      ],
    }),
    'Caddy, which may ask with HEAD or POST just as well': (token) => ({
      method: 'HEAD',
      headers: ['X-Forwarded-Method', 'POST', 'X-Forwarded-Uri', '/api/products/7?full=1', 'X-Forwarded-For', '192.0.2.7', ...token],
    }),
    'Envoy ext_authz, with the request itself behind the prefix': (token) => ({
      method: 'POST',
      path: '/auth/verify/api/products/7?full=1',
      headers: ['X-Forwarded-For', '192.0.2.7, 127.0.0.1', ...token],
    }),
  };

  it.each(Object.entries(CONVENTIONS))('%s', async (_name, convention) => {
    const scene = await open();
    const token = scene.tokens.issue({ ownerType: 'team', ownerId: 'Büro 7', scopes: ['read', 'write all'] });
    const answer = await scene.ask(convention(bearer(token)));
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
    expect(answer.headers).toMatchObject({
      'x-latchkey-token-id': '1',
      'x-latchkey-owner': 'team:B%C3%BCro%207',
      'x-latchkey-scopes': 'read write%20all',
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '99',
      'cache-control': 'no-store',
    });
    expect(scene.usage.records).toMatchObject([
      {
        ...{ method: 'POST', path: '/products/7', endpoint: '/products/:id', ip: '192.0.2.7', tokenId: 1, secretId: 101 },
        ...{ status: 0, via: 'forward_auth', outcome: 'VALID', requestId: answer.headers['x-request-id'] },
      },
    ]);
  });

  it('a token in X-API-Key counts, and one in the original query does not', async () => {
    const scene = await open();
    const token = scene.tokens.issue();
    expect((await scene.askNginx('GET', '/api/products', ['X-API-Key', token])).status).toBe(200);
    expect((await scene.askNginx('GET', `/api/products?token=${token}&access_token=${token}`)).status).toBe(401);
  });

  it('asks for no body, and reads none', async () => {
    const scene = await open();
    const headers = ['X-Forwarded-Method', 'PUT', 'X-Forwarded-Uri', '/api/products/1', ...bearer(scene.tokens.issue())];
    expect((await scene.ask({ method: 'POST', headers, body: 'x'.repeat(100_000) })).status).toBe(200);
    expect(scene.usage.records).toMatchObject([{ method: 'PUT', requestBytes: 0 }]);
  });

  it('the mount is where the proxy serves the API, and may be none', async () => {
    const rooted = await open({ mount: '' });
    const versioned = await open({ mount: '/v1/public' });
    expect((await rooted.askNginx('GET', '/products', bearer(rooted.tokens.issue()))).status).toBe(200);
    expect((await versioned.askNginx('GET', '/v1/public/products', bearer(versioned.tokens.issue()))).status).toBe(200);
    expect([...rooted.usage.records, ...versioned.usage.records].map(({ path }) => path)).toEqual(['/products', '/products']);
  });
});

describe('identity headers', () => {
  it('are all there, empty where a token has nothing to say: what is missing some proxies leave as the client sent it', async () => {
    const scene = await open();
    const headers = [...bearer(scene.tokens.issue()), 'X-Latchkey-Owner', 'admin:1'];
    expect((await scene.askNginx('GET', '/api/a', headers)).headers).toMatchObject({
      'x-latchkey-token-id': '1',
      'x-latchkey-owner': '',
      'x-latchkey-scopes': '',
    });
  });

  it('carry no character that could end them', async () => {
    const scene = await open();
    const token = scene.tokens.issue({ ownerType: 'a\r\nX-Evil: 1', ownerId: '100%', scopes: ['x\u0000y', 'ü'] });
    expect((await scene.askNginx('GET', '/api/a', bearer(token))).headers).toMatchObject({
      'x-latchkey-owner': 'a%0D%0AX-Evil:%201:100%25',
      'x-latchkey-scopes': 'x%00y %C3%BC',
    });
  });
});

describe('a refusal is what the guard would have answered the client', () => {
  it('401 with the challenge, and on record', async () => {
    const scene = await open();
    const answer = await scene.askNginx('GET', '/api/products', bearer(scene.tokens.issue({ revokedAt: 1 })));
    expect(answer).toMatchObject({ status: 401, body: { code: 'KEY_REVOKED' } });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="shop", error="invalid_token", error_description="Token has been revoked"',
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(scene.usage.records).toMatchObject([{ status: 401, outcome: 'KEY_REVOKED', via: 'forward_auth' }]);
  });

  it('401 without any token, 400 with two', async () => {
    const scene = await open();
    expect(await scene.askNginx('GET', '/api/products')).toMatchObject({ status: 401, body: { code: 'MISSING_API_KEY' } });
    const twice = ['Authorization', 'Bearer a', 'Authorization', 'Bearer b'];
    expect(await scene.askNginx('GET', '/api/products', twice)).toMatchObject({ status: 400, body: { code: 'DUPLICATE_AUTHORIZATION' } });
  });

  it('403 by method and endpoint of the original request', async () => {
    const scene = await open();
    const token = bearer(scene.tokens.issue({ allowedEndpoints: ['GET /products*'] }));
    expect((await scene.askNginx('GET', '/api/products/1', token)).status).toBe(200);
    for (const [method, uri] of [
      ['DELETE', '/api/products/1'],
      ['GET', '/api/stores'],
    ] as const) {
      expect(await scene.askNginx(method, uri, token)).toMatchObject({ status: 403, body: { code: 'ENDPOINT_NOT_ALLOWED' } });
    }
  });

  it('429 with its figures; what was refused counted nothing', async () => {
    const scene = await open();
    const token = bearer(scene.tokens.issue({ rateLimit: { max: 1, windowMs: 60_000, algorithm: 'fixed' } }));
    expect((await scene.askNginx('GET', '/api/products', token)).status).toBe(200);
    const answer = await scene.askNginx('GET', '/api/products', token);
    expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', limit: 1, current: 2, retry_after: 60 } });
    expect(answer.headers['retry-after']).toBe('60');
    expect(scene.usage.records.map(({ status }) => status)).toEqual([0, 429]);
  });

  it('as problem details where the client asks for them', async () => {
    const scene = await open();
    const answer = await scene.askNginx('GET', '/api/products', ['Accept', 'application/problem+json']);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: 401, type: 'urn:latchkey:problem:missing-api-key' });
  });

  it('403 for a client that came without TLS, where the proxy says so', async () => {
    const scene = await open({ guard: { requireHttps: true } });
    const token = bearer(scene.tokens.issue());
    const plain = await scene.askNginx('GET', '/api/products', ['X-Forwarded-Proto', 'http', ...token]);
    expect(plain).toMatchObject({ status: 403, body: { code: 'HTTPS_REQUIRED' } });
    expect((await scene.askNginx('GET', '/api/products', ['X-Forwarded-Proto', 'https', ...token])).status).toBe(200);
  });

  it.each([
    '/api/products/../stores',
    '/api/products/%2e%2e/stores',
    '/api/products%2f..%2fstores',
    '/api//products',
    '/api/products\\..\\stores',
    '/api/products/..;/stores',
    '/api/products%00',
    '/api/products%zz',
  ])('400 for %s, which a server behind could read in another way', async (uri) => {
    const scene = await open();
    const token = bearer(scene.tokens.issue());
    expect(await scene.askNginx('GET', uri, token)).toMatchObject({ status: 400, body: { code: 'INVALID_PATH' } });
    expect(await scene.ask({ path: `/auth/verify${uri}`, headers: token })).toMatchObject({ status: 400, body: { code: 'INVALID_PATH' } });
  });
});

describe('in the mode of nginx', () => {
  const asked = (scene: Scene, headers: readonly string[]) =>
    scene.ask({ path: '/auth/verify?proxy=nginx', headers: ['X-Original-Method', 'GET', 'X-Original-URI', '/api/products', ...headers] });

  it('429 is 403, and headers carry its status, its body and when to come back', async () => {
    const scene = await open();
    const token = bearer(scene.tokens.issue({ rateLimit: { max: 1, windowMs: 60_000, algorithm: 'fixed' } }));
    expect((await asked(scene, token)).status).toBe(200);
    const answer = await asked(scene, token);
    expect(answer.status).toBe(403);
    expect(answer.headers).toMatchObject({ 'x-latchkey-status': '429', 'retry-after': '60', 'x-ratelimit-remaining': '0' });
    expect(JSON.parse(String(answer.headers['x-latchkey-denial']))).toEqual(answer.body);
    expect(scene.usage.records.map(({ status }) => status)).toEqual([0, 429]);
  });

  it('so are 400 and 503; 401 stays 401 with its challenge, 403 stays 403', async () => {
    const scene = await open();
    const seen = async (headers: readonly string[]) => {
      const answer = await asked(scene, headers);
      return [answer.status, answer.headers['x-latchkey-status'], answer.headers['www-authenticate'] !== undefined];
    };
    const token = bearer(scene.tokens.issue({ allowedEndpoints: ['/stores'] }));
    expect(await seen([])).toEqual([401, '401', true]);
    expect(await seen(token)).toEqual([403, '403', false]);
    expect(await seen([...token, ...token])).toEqual([403, '400', true]);
    scene.tokens.failure = new Error('away');
    expect(await seen(bearer(scene.mint.generate('lk_live_')))).toEqual([403, '503', false]);
  });

  it('the body in the header is ASCII, whatever a scope is called', async () => {
    const scene = await open({ guard: { require: { scopes: ['schreiben für alle'] } } });
    const answer = await asked(scene, bearer(scene.tokens.issue()));
    const denial = String(answer.headers['x-latchkey-denial']);
    expect(denial).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(denial)).toMatchObject({ code: 'INSUFFICIENT_SCOPE', required: ['schreiben für alle'] });
  });
});

describe('403 FORBIDDEN: what is asked can not be known', () => {
  const FORBIDDEN = { status: 403, body: { error: 'Forbidden', code: 'FORBIDDEN' } };
  const good = (scene: Scene) => bearer(scene.tokens.issue());

  it('from nobody but a trusted proxy, and by default there is none', async () => {
    for (const proxies of [[], ['192.0.2.0/24']]) {
      const scene = await open({ proxies });
      const answer = await scene.askNginx('GET', '/api/products', good(scene));
      expect(answer).toMatchObject(FORBIDDEN);
      expect(answer.body?.message).toContain('LATCHKEY_TRUSTED_PROXIES');
      expect(scene.usage.records).toEqual([]);
      expect(scene.tokens.lookups).toBe(0);
    }
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['no method', ['X-Original-URI', '/api/products']],
    ['no target', ['X-Original-Method', 'GET']],
    ['a method that can be none', ['X-Original-Method', 'get', 'X-Original-URI', '/api/products']],
    ['two targets', ['X-Original-Method', 'GET', 'X-Original-URI', '/api/products', 'X-Original-URI', '/api/stores']],
    ['a target that another convention contradicts', ['X-Original-Method', 'GET', 'X-Original-URI', '/api/a', 'X-Forwarded-Uri', '/api/b']],
    ['a method that another convention contradicts', ['X-Original-Method', 'GET', 'X-Forwarded-Method', 'PUT', 'X-Original-URI', '/api/a']],
    ['a target outside of the mount', ['X-Original-Method', 'GET', 'X-Original-URI', '/apis/products']],
  ])('when the headers say %s', async (_what, headers) => {
    const scene = await open();
    expect(await scene.ask({ headers: [...headers, ...good(scene)] })).toMatchObject(FORBIDDEN);
    expect(scene.usage.records).toEqual([]);
  });

  it('when a client adds a header to what Envoy sends', async () => {
    const scene = await open();
    const headers = ['X-Original-URI', '/api/products', ...good(scene)];
    expect(await scene.ask({ path: '/auth/verify/api/stores', headers })).toMatchObject(FORBIDDEN);
  });

  it('405 for a method that no proxy asks with', async () => {
    const scene = await open();
    const headers = ['X-Original-Method', 'GET', 'X-Original-URI', '/api/products', ...good(scene)];
    const answer = await scene.ask({ method: 'DELETE', headers });
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
  });
});

describe('the client’s address', () => {
  it('is the nearest one that is no trusted proxy, and not known where the proxy says none', async () => {
    const scene = await open({ proxies: ['127.0.0.1', '10.0.0.0/8'] });
    const token = bearer(scene.tokens.issue());
    await scene.askNginx('GET', '/api/a', ['X-Forwarded-For', '1.2.3.4, 192.0.2.9, 10.1.1.1', ...token]);
    await scene.askNginx('GET', '/api/a', token);
    expect(scene.usage.records.map(({ ip }) => ip)).toEqual(['192.0.2.9', null]);
  });

  it('decides about a token that is bound to addresses', async () => {
    const scene = await open();
    const token = bearer(scene.tokens.issue({ allowedIps: ['192.0.2.0/24'] }));
    expect((await scene.askNginx('GET', '/api/a', ['X-Forwarded-For', '192.0.2.9', ...token])).status).toBe(200);
    for (const from of [['X-Forwarded-For', '198.51.100.1'], ['X-Forwarded-For', '192.0.2.9, 198.51.100.1'], []]) {
      expect(await scene.askNginx('GET', '/api/a', [...from, ...token])).toMatchObject({ status: 403, body: { code: 'IP_NOT_ALLOWED' } });
    }
  });
});

describe('the usage record', () => {
  it('is durable before the proxy hears anything', async () => {
    const scene = await open();
    scene.usage.isHolding = true;
    const asked = scene.askNginx('GET', '/api/products', bearer(scene.tokens.issue()));
    const isAnswered = asked.then(() => true);
    await scene.usage.waitFor(1);
    expect(await Promise.race([isAnswered, new Promise((resolve) => setImmediate(() => resolve(false)))])).toBe(false);
    scene.usage.confirm();
    expect((await asked).status).toBe(200);
  });

  it('that can not be kept turns a yes into 503', async () => {
    const scene = await open();
    scene.usage.failure = new Error('no space');
    const answer = await scene.askNginx('GET', '/api/products', bearer(scene.tokens.issue()));
    expect(answer).toMatchObject({ status: 503, body: { code: 'TEMPORARILY_UNAVAILABLE' } });
    expect(answer.headers['x-latchkey-token-id']).toBeUndefined();
  });
});

it('what goes wrong is its caller’s to catch, whether the token was at hand or looked up first', async () => {
  const scene = aGuardScene();
  scene.usage.append = () => {
    throw new Error('no sink');
  };
  const forwardAuth = createForwardAuth({
    guard: scene.guard,
    trusted: createTrustedPeers(['127.0.0.1']),
    mount: '',
    clientAddress: () => null,
  });
  const listener: RequestListener = (req, res) => void Promise.try(forwardAuth, req, res).catch((error: Error) => res.end(error.message));
  const door = await listen(createServer(listener));
  onTestFinished(door.close);
  const headers = ['X-Original-Method', 'GET', 'X-Original-URI', '/a', ...bearer(scene.tokens.issue())];
  for (const _ of ['looked up', 'at hand']) expect((await send(door.url, { path: '/auth/verify', headers })).text).toBe('no sink');
});
