import { DENIALS } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { expectDenial, type OpenScene } from './case-scene.ts';
import { bearer } from './send.ts';

/** What a good token may ask for, from where, and how a refusal is told. */
export function describeAccessCases(open: OpenScene): void {
  describeAccessDenials(open);
  describeAddresses(open);
  describeRules(open);
  describePaths(open);
  describeRendering(open);
}

function describeAccessDenials(open: OpenScene): void {
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

function describeAddresses(open: OpenScene): void {
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

function describeRules(open: OpenScene): void {
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

function describePaths(open: OpenScene): void {
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

function describeRendering(open: OpenScene): void {
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
