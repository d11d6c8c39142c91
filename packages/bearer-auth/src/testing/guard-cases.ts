import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { DENIALS, type DenialReason, type TokenRecord } from '@latchkey/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Guard, GuardOptions } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { aGuardScene, type GuardScene } from './guard-scene.ts';
import { type Answer, bearer, type SendOptions, send, sendBytes } from './send.ts';
import { answerUpstream } from './upstream-handler.ts';

/** What a door is opened with. It serves the handler's API under `/api` behind `guard`. */
export interface DoorOptions {
  readonly guard: Guard;
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  /** What every request needs. */
  readonly access: RequiredAccess | undefined;
}

/** A server that listens. */
export interface Door {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

export type StartDoor = (options: DoorOptions) => Promise<Door>;

interface Scene extends GuardScene {
  readonly url: string;
  send(options?: SendOptions): Promise<Answer>;
}

const NOON = Date.UTC(2026, 0, 15, 12);

/** The guarantees of contract §4, over one door. The same cases run over every adapter and the reverse proxy. */
export function describeGuard(name: string, startDoor: StartDoor): void {
  const closing: (() => Promise<void>)[] = [];

  async function open(options: Partial<GuardOptions> = {}, access?: RequiredAccess): Promise<Scene> {
    const scene = aGuardScene(options);
    const { url, close } = await startDoor({ guard: scene.guard, handler: answerUpstream, access });
    closing.push(close, scene.guard.close);
    return Object.assign(scene, { url, send: (sendOptions?: SendOptions) => send(url, sendOptions) });
  }

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  describe(`guard over ${name}`, () => {
    describeAdmission(open);
    describeExtraction(open);
    describeTokenDenials(open);
    describeAccessDenials(open);
    describeRateLimit(open);
    describeSeveralLimits(open);
    describeQuota(open);
    describeAddresses(open);
    describeRules(open);
    describePaths(open);
    describeRendering(open);
    describeUsage(open);
    describeFailures(open);
  });
}

type Open = (options?: Partial<GuardOptions>, access?: RequiredAccess) => Promise<Scene>;

function expectDenial(answer: Answer, reason: DenialReason): void {
  const { status, code, error, message } = DENIALS[reason];
  expect(answer.body).toMatchObject({ error, code, message, request_id: expect.any(String) });
  expect(answer.status).toBe(status);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['x-request-id']).toBe(answer.body?.request_id);
}

function describeAdmission(open: Open): void {
  describe('200: a good token', () => {
    it('reaches the handler, with its limit on the answer', async () => {
      const scene = await open();
      const text = scene.tokens.issue();
      const answer = await scene.send({ headers: bearer(text) });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ data: [] });
      expect(answer.headers['x-request-id']).toMatch(/^[\w-]{8,}$/);
      expect(answer.headers).toMatchObject({
        'x-ratelimit-limit': '100',
        'x-ratelimit-remaining': '99',
        'x-ratelimit-reset': '2026-01-15T12:01:00.000Z',
        'ratelimit-policy': '"default";q=100;w=60',
        ratelimit: '"default";r=99;t=60',
      });
    });

    it('gets the handler’s own status, and any body, whole', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      expect((await scene.send({ path: '/api/chunks', headers })).text).toBe('one two three');
      expect((await scene.send({ path: '/api/sized', headers })).text).toBe('0123456789');
      expect(await scene.send({ path: '/api/empty', headers })).toMatchObject({ status: 204, text: '' });
      expect(await scene.send({ path: '/api/missing', headers })).toMatchObject({ status: 404, body: { error: 'Not found' } });
      expect((await scene.send({ path: '/api/upload', method: 'POST', headers, body: 'x'.repeat(100_000) })).text).toBe('100000');
    });

    it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is served for %s like any other method', async (method) => {
      const scene = await open();
      const text = scene.tokens.issue();
      expect(await scene.send({ method, headers: bearer(text) })).toMatchObject({ status: 200 });
      expect(await scene.send({ method })).toMatchObject({ status: 401 });
      expect(scene.usage.records).toMatchObject([{ method }]);
    });

    it('says the limit of the guard, not one of the handler, and keeps the handler’s other headers', async () => {
      const scene = await open();
      const answer = await scene.send({ path: '/api/headers', headers: bearer(scene.tokens.issue()) });
      expect(answer.headers['x-ratelimit-limit']).toBe('100');
      expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    });

    it('has no limit headers where it is not limited', async () => {
      const scene = await open();
      const answer = await scene.send({ headers: bearer(scene.tokens.issue({ rateLimit: null })) });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('x-ratelimit-limit');
    });
  });
}

function describeExtraction(open: Open): void {
  describe('where the token is read', () => {
    it.each(['Bearer ', 'bearer ', 'BEARER ', 'bEaReR    ', ''])('takes "%s<token>" from Authorization', async (scheme) => {
      const scene = await open();
      const answer = await scene.send({ headers: ['Authorization', scheme + scene.tokens.issue()] });
      expect(answer.status).toBe(200);
    });

    it('takes X-API-Key where Authorization has no bearer token', async () => {
      const scene = await open();
      const key = ['X-API-Key', scene.tokens.issue()];
      expect((await scene.send({ headers: key })).status).toBe(200);
      expect((await scene.send({ headers: ['Authorization', 'Basic dTpw', ...key] })).status).toBe(200);
      expect((await scene.send({ headers: ['Authorization', 'Bearer', ...key] })).status).toBe(200);
    });

    it('gives a bad bearer token no second chance', async () => {
      const scene = await open();
      const answer = await scene.send({ headers: ['Authorization', 'Bearer nonsense', 'X-API-Key', scene.tokens.issue()] });
      expectDenial(answer, 'malformed');
    });

    it('takes a query parameter only where configured, and never passes it on', async () => {
      const scene = await open();
      const path = `/api/products?api_key=${scene.tokens.issue()}`;
      expectDenial(await scene.send({ path }), 'missing');
      const configured = await open({ queryParameter: 'api_key' });
      const answer = await configured.send({ path: `/api/products?api_key=${configured.tokens.issue()}` });
      expect(answer.status).toBe(200);
    });

    it.each([
      [[]],
      [['Authorization', 'Basic dTpw']],
      [['Authorization', 'Bearer']],
      [['Authorization', 'Bearer   ']],
      [['X-API-Key', '']],
    ])('answers 401 without an error code in the challenge for %j', async (headers) => {
      const scene = await open();
      const answer = await scene.send({ headers });
      expectDenial(answer, 'missing');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="shop"');
      expect(answer.headers).not.toHaveProperty('x-ratelimit-limit');
    });

    it('answers 400 to two Authorization lines, even equal ones', async () => {
      const scene = await open();
      const line = bearer(scene.tokens.issue());
      const answer = await scene.send({ headers: [...line, ...line] });
      expectDenial(answer, 'duplicate_authorization');
      expect(answer.headers['www-authenticate']).toContain('error="invalid_request"');
      expect(scene.tokens.lookups).toBe(0);
    });
  });
}

function describeTokenDenials(open: Open): void {
  describe('plain HTTP, where HTTPS is required', () => {
    it('gets the same 403 with a good token, a bad one and none, and nothing is looked up or recorded', async () => {
      const scene = await open({ requireHttps: true });
      for (const headers of [bearer(scene.tokens.issue()), bearer(`lk_live_${'a'.repeat(42)}`), []]) {
        const answer = await scene.send({ headers });
        expectDenial(answer, 'https_required');
        expect(answer.headers).not.toHaveProperty('www-authenticate');
      }
      expect(scene.tokens.lookups).toBe(0);
      expect(scene.usage.records).toEqual([]);
    });
  });

  describe('401', () => {
    it.each(['nonsense', 'x'.repeat(600), 'lk_live_', 'lk_live_with spaces', `lk_live_${'a'.repeat(42)}`])(
      'malformed: %s is refused without a look-up',
      async (text) => {
        const scene = await open();
        const answer = await scene.send({ headers: bearer(text) });
        expectDenial(answer, 'malformed');
        expect(answer.headers['www-authenticate']).toBe('Bearer realm="shop", error="invalid_token", error_description="Invalid token"');
        expect(scene.tokens.lookups).toBe(0);
      },
    );

    it('unknown: a well-formed token that nobody issued', async () => {
      const scene = await open();
      const answer = await scene.send({ headers: bearer(scene.mint.generate('lk_live_')) });
      expectDenial(answer, 'unknown');
      expect(scene.tokens.lookups).toBe(1);
      expect(answer.headers).not.toHaveProperty('x-ratelimit-limit');
    });

    it.each<[DenialReason, Partial<TokenRecord>]>([
      ['revoked', { revokedAt: NOON - 1 }],
      ['disabled', { active: false }],
      ['expired', { expiresAt: NOON }],
      ['not_yet_valid', { notBefore: NOON + 1 }],
      ['environment_mismatch', { environment: 'test' }],
      ['configuration_mismatch', { configId: 'other' }],
    ])('%s, with the challenge and the untouched limit', async (reason, changes) => {
      const scene = await open({ environment: 'live', configId: 'default' });
      const answer = await scene.send({ headers: bearer(scene.tokens.issue(changes)) });
      expectDenial(answer, reason);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
      expect(answer.headers['x-ratelimit-remaining']).toBe('100');
    });

    it('the first check that fails decides', async () => {
      const scene = await open({ environment: 'live' }, { scopes: ['write'] });
      const changes = { environment: 'test', revokedAt: NOON, active: false, expiresAt: NOON, allowedEndpoints: ['/stores'] };
      const text = scene.tokens.issue(changes);
      const repairs: [DenialReason, Partial<TokenRecord>][] = [
        ['environment_mismatch', { environment: 'live' }],
        ['revoked', { revokedAt: null }],
        ['disabled', { active: true }],
        ['expired', { expiresAt: null }],
        ['endpoint_not_allowed', { allowedEndpoints: null }],
        ['insufficient_scope', { scopes: ['write'] }],
      ];
      for (const [reason, repair] of repairs) {
        expectDenial(await scene.send({ headers: bearer(text) }), reason);
        scene.tokens.change(1, repair);
      }
      const answer = await scene.send({ headers: bearer(text) });
      expect(answer.status).toBe(200);
      expect(answer.headers['x-ratelimit-remaining']).toBe('99');
    });

    it('a token works until the millisecond before it expires', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ expiresAt: NOON + 1 }));
      expect((await scene.send({ headers })).status).toBe(200);
      scene.clock = NOON + 1;
      expectDenial(await scene.send({ headers }), 'expired');
    });
  });
}

function describeAccessDenials(open: Open): void {
  describe('403', () => {
    it('endpoint not in the list; no challenge', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ allowedEndpoints: ['GET,HEAD /products*', '/stores/*/brands'] }));
      for (const path of ['/products', '/products/12?x=1', '/products/meta/brands', '/stores/1/brands']) {
        expect((await scene.send({ path: `/api${path}`, headers })).status).toBe(200);
      }
      for (const path of ['/Products', '/admin/products', '/stores/1/brands/9', '/stores//brands']) {
        expect((await scene.send({ path: `/api${path}`, headers })).status).not.toBe(200);
      }
      const answer = await scene.send({ method: 'POST', headers });
      expectDenial(answer, 'endpoint_not_allowed');
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(answer.headers['x-ratelimit-remaining']).toBe('96');
    });

    it('matches patterns against the decoded path', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ allowedEndpoints: ['/products/blå bær'] }));
      expect((await scene.send({ path: '/api/products/bl%C3%A5%20b%c3%a6r', headers })).status).toBe(200);
    });

    it('a missing scope is named in body and challenge', async () => {
      const scene = await open({}, { scopes: ['read', 'write'] });
      const answer = await scene.send({ headers: bearer(scene.tokens.issue({ scopes: ['read'] })) });
      expectDenial(answer, 'insufficient_scope');
      expect(answer.body?.required).toEqual(['read', 'write']);
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"');
      expect(answer.headers['www-authenticate']).toContain('scope="read write"');
    });

    it('a missing permission is named', async () => {
      const scene = await open({}, { permissions: { files: ['read', 'write'] } });
      const answer = await scene.send({ headers: bearer(scene.tokens.issue({ permissions: { files: ['read'] } })) });
      expectDenial(answer, 'insufficient_permission');
      expect(answer.body?.required).toEqual(['files:read', 'files:write']);
    });
  });
}

function describeRateLimit(open: Open): void {
  const limited = { rateLimit: { max: 2, windowMs: 10_000, algorithm: 'fixed' } } as const;

  describe('429', () => {
    it('tells limit, current and when to come back, and lets the client in again then', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue(limited));
      await scene.send({ headers });
      await scene.send({ headers });
      scene.clock += 1_500;
      const answer = await scene.send({ headers });
      expectDenial(answer, 'rate_limited');
      expect(answer.body).toMatchObject({ limit: 2, current: 3, retry_after: 9 });
      expect(answer.headers).toMatchObject({
        'retry-after': '9',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '2026-01-15T12:00:10.000Z',
        ratelimit: '"default";r=0;t=9',
      });
      scene.clock = NOON + 10_000;
      expect((await scene.send({ headers })).status).toBe(200);
    });

    it('lets exactly 10 of 40 parallel requests pass at a limit of 10', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ rateLimit: { max: 10, windowMs: 60_000, algorithm: 'fixed' } }));
      const answers = await Promise.all(Array.from({ length: 40 }, () => scene.send({ headers })));
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(10);
      expect(answers.filter((answer) => answer.status === 429)).toHaveLength(30);
    });

    it('a changed limit holds from the next request', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue(limited));
      for (const status of [200, 200, 429]) expect((await scene.send({ headers })).status).toBe(status);
      scene.tokens.change(1, { rateLimit: { ...limited.rateLimit, max: 3 } });
      for (const status of [200, 429]) expect((await scene.send({ headers })).status).toBe(status);
    });
  });
}

function describeSeveralLimits(open: Open): void {
  const limits = [
    { name: 'second', max: 2, windowMs: 1_000, algorithm: 'fixed' },
    { name: 'minute', max: 3, windowMs: 60_000, algorithm: 'fixed' },
  ] as const;

  describe('several limits at once', () => {
    it('are each on the answer, and the one with the least share left is shown', async () => {
      const scene = await open();
      const answer = await scene.send({ headers: bearer(scene.tokens.issue({ limits })) });
      expect(answer.headers).toMatchObject({
        'x-ratelimit-limit': '2',
        'x-ratelimit-remaining': '1',
        'ratelimit-policy': '"default";q=100;w=60, "second";q=2;w=1, "minute";q=3;w=60',
        ratelimit: '"default";r=99;t=60, "second";r=1;t=1, "minute";r=2;t=60',
      });
    });

    it('refuse together: what one of them refuses is counted in none', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ limits }));
      for (const status of [200, 200]) expect((await scene.send({ headers })).status).toBe(status);
      const fast = await scene.send({ headers });
      expectDenial(fast, 'rate_limited');
      expect(fast.body).toMatchObject({ limit: 2, current: 3, retry_after: 1 });
      expect(fast.headers.ratelimit).toBe('"default";r=98;t=60, "second";r=0;t=1, "minute";r=1;t=60');
      scene.clock += 1_000;
      expect((await scene.send({ headers })).status).toBe(200);
      const many = await scene.send({ headers });
      expectDenial(many, 'rate_limited');
      expect(many.body).toMatchObject({ limit: 3, current: 4, retry_after: 59 });
      expect(many.headers['x-ratelimit-limit']).toBe('3');
    });

    it('let exactly as many parallel requests pass as the tightest allows', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ limits }));
      const answers = await Promise.all(Array.from({ length: 20 }, () => scene.send({ headers })));
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(2);
      const left = await scene.send({ path: '/api//', headers });
      expect(left.status).toBe(400);
    });

    it('of one owner are shared by its tokens, and by no others', async () => {
      const scene = await open({ pools: { user: [{ name: 'team', max: 2, windowMs: 60_000, algorithm: 'fixed' }] } });
      const [one, other] = [
        scene.tokens.issue({ ownerType: 'user', ownerId: '1' }),
        scene.tokens.issue({ ownerType: 'user', ownerId: '1' }),
      ];
      const stranger = scene.tokens.issue({ ownerType: 'user', ownerId: '2' });
      expect((await scene.send({ headers: bearer(one) })).status).toBe(200);
      expect((await scene.send({ headers: bearer(other) })).headers.ratelimit).toBe('"default";r=99;t=60, "pool:team";r=0;t=60');
      for (const text of [one, other]) expectDenial(await scene.send({ headers: bearer(text) }), 'rate_limited');
      expect((await scene.send({ headers: bearer(stranger) })).status).toBe(200);
      expect((await scene.send({ headers: bearer(scene.tokens.issue()) })).status).toBe(200);
    });
  });
}

function describeQuota(open: Open): void {
  const quota = { refillAmount: null, refillIntervalMs: null, epoch: 1 };
  const expectRemaining = (answer: Answer, remaining: number) => expect(answer.headers.ratelimit).toContain(`"quota";r=${remaining}`);

  describe('quota', () => {
    it('is spent by requests that pass, and then refused', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ quota }));
      scene.ledger.set(1, { remaining: 2, ...quota });
      expectRemaining(await scene.send({ headers }), 1);
      expectRemaining(await scene.send({ headers }), 0);
      const answer = await scene.send({ headers });
      expectDenial(answer, 'usage_exceeded');
      expect(answer.headers['retry-after']).toBe('60');
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(scene.usage.records.map(({ outcome }) => outcome)).toEqual(['VALID', 'VALID', 'USAGE_EXCEEDED']);
    });

    it('lets exactly one of 100 parallel requests pass where one is left', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ quota, rateLimit: null }));
      scene.ledger.set(1, { remaining: 1, ...quota });
      const answers = await Promise.all(Array.from({ length: 100 }, () => scene.send({ headers })));
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => answer.body?.code === 'USAGE_EXCEEDED')).toHaveLength(99);
    });

    it('gives the rate back when it refuses, and is not spent by what anything else refuses', async () => {
      const scene = await open({}, { scopes: ['read'] });
      const rateLimit = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;
      const headers = bearer(scene.tokens.issue({ quota, rateLimit, scopes: ['read'] }));
      scene.ledger.set(1, { remaining: 0, ...quota });
      const refused = await scene.send({ headers });
      expectDenial(refused, 'usage_exceeded');
      expect(refused.headers['x-ratelimit-remaining']).toBe('1');
      scene.ledger.set(1, { remaining: 2 });
      scene.tokens.change(1, { quota: { ...quota, epoch: 2 }, scopes: [] });
      expectDenial(await scene.send({ headers }), 'insufficient_scope');
      scene.tokens.change(1, { scopes: ['read'] });
      expectRemaining(await scene.send({ headers }), 1);
      expectDenial(await scene.send({ headers }), 'rate_limited');
      scene.clock += 60_000;
      expectRemaining(await scene.send({ headers }), 0);
    });

    it('says when it is refilled, and is full again from then on', async () => {
      const scene = await open();
      const refilled = { refillAmount: 2, refillIntervalMs: 90_000, epoch: 1 };
      const headers = bearer(scene.tokens.issue({ quota: refilled }));
      scene.ledger.set(1, { remaining: 1, since: NOON, ...refilled });
      const first = await scene.send({ headers });
      expect(first.headers['ratelimit-policy']).toBe('"default";q=100;w=60, "quota";q=2;w=90');
      expect(first.headers.ratelimit).toContain('"quota";r=0;t=90');
      const refused = await scene.send({ headers });
      expectDenial(refused, 'usage_exceeded');
      expect(refused.body).toMatchObject({ retry_after: 90 });
      scene.clock += 3 * 90_000;
      for (const status of [200, 200, 429]) expect((await scene.send({ headers })).status).toBe(status);
    });

    it('that can not be counted is 503, never 429 or 401, and gives the rate back', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ quota }));
      scene.ledger.failure = new Error('connection refused');
      const answer = await scene.send({ headers });
      expectDenial(answer, 'temporarily_unavailable');
      expect(answer.headers['x-ratelimit-remaining']).toBe('100');
    });
  });
}

function describeAddresses(open: Open): void {
  describe('addresses', () => {
    it.each([['127.0.0.1'], ['127.0.0.0/8'], ['::ffff:127.0.0.0/104'], ['10.0.0.0/8', '127.0.0.1']])(
      '%s lets the client in',
      async (...list) => {
        const scene = await open();
        expect((await scene.send({ headers: bearer(scene.tokens.issue({ allowedIps: list })) })).status).toBe(200);
      },
    );

    it('others are 403 without a challenge, consume nothing, and are on record', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue({ allowedIps: ['10.0.0.0/8', '2001:db8::/32'], allowedEndpoints: ['/stores'] }));
      const answer = await scene.send({ headers });
      expectDenial(answer, 'address_not_allowed');
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(answer.headers['x-ratelimit-remaining']).toBe('100');
      expect(scene.usage.records).toMatchObject([{ status: 403, outcome: 'IP_NOT_ALLOWED' }]);
    });
  });
}

function describeRules(open: Open): void {
  const rules = [
    { endpoint: 'POST,PUT,DELETE *', scopes: ['write'], permissions: null, cost: 1 },
    { endpoint: '/reports*', scopes: ['reports'], permissions: { reports: ['read'] }, cost: 5 },
    { endpoint: '/reports/full', scopes: [], permissions: null, cost: 40 },
  ];

  describe('rules', () => {
    it('ask for scopes by method and pattern, all that match together', async () => {
      const scene = await open({ rules });
      const headers = bearer(scene.tokens.issue({ scopes: ['reports'], permissions: { reports: ['read'] } }));
      expect((await scene.send({ headers })).status).toBe(200);
      const answer = await scene.send({ method: 'POST', path: '/api/reports', headers });
      expectDenial(answer, 'insufficient_scope');
      expect(answer.body?.required).toEqual(['write', 'reports']);
      expect(answer.headers['www-authenticate']).toContain('scope="write reports"');
    });

    it('ask for permissions', async () => {
      const scene = await open({ rules });
      const answer = await scene.send({ path: '/api/reports', headers: bearer(scene.tokens.issue({ scopes: ['reports'] })) });
      expectDenial(answer, 'insufficient_permission');
      expect(answer.body?.required).toEqual(['reports:read']);
    });

    it('charge their cost to the rate limit and the quota, and say it in the record', async () => {
      const scene = await open({ rules });
      const quota = { refillAmount: null, refillIntervalMs: null, epoch: 1 };
      const access = { scopes: ['reports'], permissions: { reports: ['read'] } };
      const headers = bearer(scene.tokens.issue({ ...access, quota }));
      scene.ledger.set(1, { remaining: 47, ...quota });
      const answers = [
        await scene.send({ headers }),
        await scene.send({ path: '/api/reports', headers }),
        await scene.send({ path: '/api/reports/full', headers }),
        await scene.send({ path: '/api/reports', headers }),
        await scene.send({ headers }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 200]);
      expect(answers.map(({ headers: sent }) => sent['x-ratelimit-remaining'])).toEqual(['99', '94', '54', '54', '53']);
      expect(answers.map(({ headers: sent }) => sent.ratelimit?.toString().split('"quota";r=')[1])).toEqual(['46', '41', '1', '1', '0']);
      expect(scene.usage.records.map(({ cost, outcome }) => [cost, outcome])).toEqual([
        [1, 'VALID'],
        [5, 'VALID'],
        [40, 'VALID'],
        [5, 'USAGE_EXCEEDED'],
        [1, 'VALID'],
      ]);
    });
  });
}

function describePaths(open: Open): void {
  describe('400: a path that is not canonical', () => {
    it.each([
      '/api/products/../stores',
      '/api/products/%2e%2e/stores',
      '/api/products/.%2E',
      '/api/./products',
      '/api/products%2f1',
      '/api/products%5C1',
      '/api/products\\1',
      '/api//products',
      '/api/products//1',
      '/api/products/%00',
      '/api/products/%0a',
      '/api/products/%zz',
      '/api/products/%',
      '/api/products/%c3%28',
      '/api/products/..;/stores',
    ])('%s', async (path) => {
      const scene = await open();
      const answer = await scene.send({ path, headers: bearer(scene.tokens.issue()) });
      expectDenial(answer, 'invalid_path');
      expect(scene.usage.records).toHaveLength(0);
    });
  });
}

function describeRendering(open: Open): void {
  describe('problem details', () => {
    it('come where the client asks for them, with the same members', async () => {
      const scene = await open();
      const headers = [...bearer(scene.tokens.issue({ active: false })), 'Accept', 'application/problem+json, application/json;q=0.5'];
      const answer = await scene.send({ headers });
      expectDenial(answer, 'disabled');
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.body).toMatchObject({
        type: 'urn:latchkey:problem:key-disabled',
        title: 'Token is inactive',
        status: 401,
        detail: DENIALS.disabled.message,
        instance: '/products',
      });
    });

    it.each(['*/*', 'application/json', 'application/problem+json;q=0', 'application/json, application/problem+json;q=0.9'])(
      'do not come for "%s"',
      async (accept) => {
        const scene = await open();
        const answer = await scene.send({ headers: ['Accept', accept] });
        expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
        expect(answer.body).not.toHaveProperty('type');
      },
    );
  });
}

function describeUsage(open: Open): void {
  describe('usage', () => {
    it('has every field of an admitted request', async () => {
      const scene = await open();
      const headers = [...bearer(scene.tokens.issue()), 'User-Agent', 'cases/1.0'];
      const answer = await scene.send({ method: 'POST', path: '/api/stores/17/upload?dry=1', headers, body: 'x'.repeat(1_000) });
      expect(scene.usage.records).toEqual([
        {
          kind: 'request',
          tokenId: 1,
          at: NOON,
          method: 'POST',
          endpoint: '/stores/:id/upload',
          path: '/stores/17/upload',
          status: 200,
          durationUs: expect.any(Number),
          requestBytes: 1_000,
          responseBytes: 4,
          ip: '127.0.0.1',
          userAgent: 'cases/1.0',
          outcome: 'VALID',
          requestId: answer.headers['x-request-id'],
          secretId: 101,
          cost: 1,
          trial: null,
        },
      ]);
      expect(scene.usage.records[0]?.durationUs).toBeGreaterThan(0);
    });

    it('has denials of identified tokens, with their code', async () => {
      const scene = await open();
      const rateLimit = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;
      const headers = bearer(scene.tokens.issue({ rateLimit }));
      await scene.send({ headers });
      const refused = await scene.send({ headers });
      scene.tokens.change(1, { active: false });
      await scene.send({ method: 'HEAD', headers });
      expect(scene.usage.records).toMatchObject([
        { status: 200, outcome: 'VALID' },
        { status: 429, outcome: 'RATE_LIMITED', responseBytes: Buffer.byteLength(refused.text) },
        { status: 401, outcome: 'KEY_DISABLED', responseBytes: 0 },
      ]);
    });

    it('counts attempts with unknown tokens apart, summed by fingerprint, never by text', async () => {
      const scene = await open();
      const text = scene.mint.generate('lk_live_');
      for (let attempt = 0; attempt < 3; attempt++) await scene.send({ headers: bearer(text) });
      await scene.send({ headers: bearer('nonsense') });
      await scene.guard.close();
      expect(scene.usage.records).toHaveLength(0);
      expect(scene.usage.unknown).toMatchObject([
        { reason: 'unknown', count: 3, ip: '127.0.0.1', fingerprint: scene.digester.fingerprint(text), firstAt: NOON, lastAt: NOON },
        { reason: 'malformed', count: 1, fingerprint: scene.digester.fingerprint('nonsense') },
      ]);
      expect(JSON.stringify(scene.usage.unknown)).not.toContain(text);
    });

    it.each(['products', 'chunks', 'sized', 'empty', 'missing'])('/%s is on record before its last byte is out', async (name) => {
      const scene = await open();
      scene.usage.isHolding = true;
      let isAnswered = false;
      const answering = scene.send({ path: `/api/${name}`, headers: bearer(scene.tokens.issue()) }).then((answer) => {
        isAnswered = true;
        return answer;
      });
      await scene.usage.waitFor(1);
      // A round trip through the same server: an answer that was not held would have arrived by now.
      await scene.send();
      expect(isAnswered).toBe(false);
      scene.usage.confirm();
      expect((await answering).status).toBe(scene.usage.records[0]?.status);
    });

    it('an answer that can not be recorded is never whole', async () => {
      const scene = await open();
      scene.usage.failure = new Error('disk gone');
      const headers = bearer(scene.tokens.issue());
      await expect(scene.send({ headers })).rejects.toThrow();
      await expect(scene.send({ path: '/api/chunks', headers })).rejects.toThrow();
      scene.tokens.change(1, { active: false });
      await expect(scene.send({ headers })).rejects.toThrow();
    });

    it('a client that goes away is recorded once, as 499', async () => {
      const scene = await open();
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(scene.url).port) });
      socket.write(`GET /api/stuck HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.tokens.issue()}\r\n\r\n`);
      await once(socket, 'data');
      socket.destroy();
      await scene.usage.waitFor(1);
      await scene.send();
      expect(scene.usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED', responseBytes: 10 }]);
    });

    it('answers pipelined requests in order, each on record', async () => {
      const scene = await open();
      const request = (name: string, extra = '') => `GET /api/${name} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ${text}\r\n${extra}\r\n`;
      const text = scene.tokens.issue();
      const answers = await sendBytes(scene.url, request('sized') + request('chunks') + request('missing', 'Connection: close\r\n'));
      expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
      expect(scene.usage.records.map((record) => record.path).toSorted()).toEqual(['/chunks', '/missing', '/sized']);
    });
  });
}

function describeFailures(open: Open): void {
  describe('503', () => {
    it('an uncached token while the source is down is never 401; a cached one goes on', async () => {
      const scene = await open();
      const cached = bearer(scene.tokens.issue());
      const cold = bearer(scene.tokens.issue());
      await scene.send({ headers: cached });
      scene.tokens.failure = new Error('connection refused');
      expect((await scene.send({ headers: cached })).status).toBe(200);
      const answer = await scene.send({ headers: cold });
      expectDenial(answer, 'temporarily_unavailable');
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers).not.toHaveProperty('www-authenticate');
    });

    it('says so while usage can not be recorded, and consumes nothing', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      scene.usage.accepting = false;
      const answer = await scene.send({ headers });
      expectDenial(answer, 'spool_full');
      expect(answer.headers['retry-after']).toBe('5');
      expect(scene.usage.records).toHaveLength(0);
      scene.usage.accepting = true;
      expect((await scene.send({ headers })).headers['x-ratelimit-remaining']).toBe('99');
    });
  });

  describe('changes', () => {
    it('a revoked token is refused with the next request', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      expect((await scene.send({ headers })).status).toBe(200);
      scene.tokens.change(1, { revokedAt: NOON });
      expectDenial(await scene.send({ headers }), 'revoked');
    });

    it('the process that made the change needs no news of it', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      await scene.send({ headers });
      scene.tokens.changeSilently(1, { active: false });
      expect((await scene.send({ headers })).status).toBe(200);
      scene.guard.invalidate([1]);
      expectDenial(await scene.send({ headers }), 'disabled');
    });
  });
}
