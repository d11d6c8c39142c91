import type { DenialReason, TokenRecord } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { expectDenial, NOON, type OpenScene } from './case-scene.ts';
import { bearer } from './send.ts';

/** Who is let in: where the token is read, and what a token must be. */
export function describeTokenCases(open: OpenScene): void {
  describeAdmission(open);
  describeExtraction(open);
  describeTokenDenials(open);
}

function describeAdmission(open: OpenScene): void {
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

function describeExtraction(open: OpenScene): void {
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
      const text = configured.tokens.issue();
      expect((await configured.send({ path: `/api/products?api_key=${text}` })).status).toBe(200);
      expect(configured.usage.records).toMatchObject([{ path: '/products' }]);
      expect(JSON.stringify(configured.usage.records)).not.toContain(text);
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

function describeTokenDenials(open: OpenScene): void {
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
