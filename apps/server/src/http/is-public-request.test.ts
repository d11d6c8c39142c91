import { describe, expect, it } from 'vitest';
import { isPublicRequest } from './is-public-request.ts';

describe('the public API is all below /api', () => {
  it.each(['/api', '/api/', '/api?x=1', '/api/products', '/api/products?store_id=1', '/api//products', '/api/../api-tokens'])(
    '%s',
    (target) => {
      expect(isPublicRequest(target)).toBe(true);
    },
  );

  it.each([
    '/api/authors',
    '/api/api-tokens-of-others',
    '/api/API-TOKENS',
    '/api/%61pi-tokens',
    '/api/Auth/sign-in',
    '/api/portals',
    '/api/portal-sessions-of-others',
  ])('%s, which only looks like management', (target) => {
    expect(isPublicRequest(target)).toBe(true);
  });
});

describe('what a proxy asks the guard', () => {
  it.each(['/auth/verify', '/auth/verify?proxy=nginx', '/auth/verify/', '/auth/verify/api/products?x=1', '/auth/verify/../healthz'])(
    '%s',
    (target) => {
      expect(isPublicRequest(target)).toBe(true);
    },
  );
});

describe('not public', () => {
  it.each([
    '/api/api-tokens',
    '/api/api-tokens?limit=1',
    '/api/api-tokens/1/usage',
    '/api/auth/sign-in/email',
    '/api/auth',
    '/api/portal-sessions',
    '/api/portal-sessions/1/revoke',
    '/api/portal/session',
    '/api/portal/keys?limit=1',
    '/portal',
    '/',
    '/api-tokens',
    '/apis',
    '/auth',
    '/auth/verifying',
    '/auth/Verify',
    '/trpc/token.list',
    '*',
    'http://example.com/api/products',
  ])('%s', (target) => {
    expect(isPublicRequest(target)).toBe(false);
  });
});
