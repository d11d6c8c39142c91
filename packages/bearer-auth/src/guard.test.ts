import { describe, expect, it } from 'vitest';
import type { GuardRequest } from './guard-request.ts';
import { aGuardScene } from './testing/guard-scene.ts';
import { bearer } from './testing/send.ts';

function aRequest(text: string, changes: Partial<GuardRequest> = {}): GuardRequest {
  return { method: 'GET', target: '/products', rawHeaders: bearer(text), ip: '192.0.2.1', requestId: 'r-1', ...changes };
}

describe('a warm token', () => {
  it('gets its verdict at once: nothing is awaited', async () => {
    const { guard, tokens } = aGuardScene();
    const text = tokens.issue();
    expect(guard.check(aRequest(text))).toBeInstanceOf(Promise);
    await guard.check(aRequest(text));
    expect(guard.check(aRequest(text))).toMatchObject({ kind: 'admit', limits: { windows: [{ remaining: 97 }] } });
    expect(guard.cachedTokens).toBe(1);
  });

  it('is admitted with what its handler and an upstream need', async () => {
    const { guard, tokens } = aGuardScene({ queryParameter: 'key' });
    const verdict = await guard.check(aRequest(tokens.issue(), { target: '/stores/17/br%C3%A5nds?a=1&key=x' }));
    expect(verdict).toMatchObject({
      kind: 'admit',
      admission: {
        path: '/stores/17/br%C3%A5nds',
        search: '?a=1',
        endpoint: '/stores/:id/brånds',
        requestId: 'r-1',
        ip: '192.0.2.1',
        outcome: 'VALID',
      },
    });
  });
});

describe('a refusal', () => {
  it('outside of the mount', () => {
    expect(aGuardScene().guard.check(aRequest('x', { target: null }))).toMatchObject({ kind: 'deny', reason: 'invalid_path', token: null });
  });

  it('adds what a route requires to what all routes require', async () => {
    const { guard, tokens } = aGuardScene({ require: { scopes: ['api'], permissions: { files: ['read'] } } });
    const text = tokens.issue({ scopes: ['api'], permissions: { files: ['read'] } });
    expect(await guard.check(aRequest(text))).toMatchObject({ kind: 'admit' });
    expect(await guard.check(aRequest(text), { scopes: ['write'] })).toMatchObject({
      reason: 'insufficient_scope',
      required: ['api', 'write'],
    });
    expect(await guard.check(aRequest(text), { permissions: { files: ['write'] } })).toMatchObject({
      reason: 'insufficient_permission',
      required: ['files:read', 'files:write'],
    });
  });

  it('a counter that fails is answered as temporarily unavailable, and hides no other refusal', async () => {
    const fail = () => Promise.reject(new Error('gone'));
    const failing = { take: fail, peek: fail, giveBack: fail };
    const { guard, tokens } = aGuardScene({ counter: failing });
    const text = tokens.issue();
    expect(await guard.check(aRequest(text))).toMatchObject({ reason: 'temporarily_unavailable' });
    tokens.change(1, { active: false });
    expect(await guard.check(aRequest(text))).toMatchObject({ reason: 'disabled', limits: null });
  });
});

describe('a request about the token itself', () => {
  const LIMIT = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;

  it('counts nothing, asks for no endpoint and no scope, and is admitted when nothing is left', async () => {
    const scene = aGuardScene({ require: { scopes: ['api'] } });
    const { guard, tokens } = scene;
    const text = tokens.issue({ rateLimit: LIMIT, allowedEndpoints: ['/products'], scopes: ['api'] });
    const ask = () => guard.inspect(aRequest(text, { target: '/_token' }));
    for (let n = 0; n < 3; n++) {
      expect(await ask()).toMatchObject({ kind: 'admit', admission: { cost: 0 }, limits: { windows: [{ current: 0, remaining: 1 }] } });
    }
    expect(await guard.check(aRequest(text))).toMatchObject({ kind: 'admit' });
    expect(await guard.check(aRequest(text))).toMatchObject({ kind: 'deny', reason: 'rate_limited' });
    expect(await ask()).toMatchObject({ kind: 'admit', limits: { windows: [{ current: 1, remaining: 0 }] } });
    const without = tokens.issue({ scopes: [] });
    expect(await guard.inspect(aRequest(without, { target: '/_token' }))).toMatchObject({ kind: 'admit' });
  });

  it('is refused for everything that the token itself is', async () => {
    const { guard, tokens, usage } = aGuardScene({ environment: 'live' });
    const reasons = async (changes: Parameters<typeof tokens.issue>[0]) => guard.inspect(aRequest(tokens.issue(changes)));
    expect(await reasons({ revokedAt: 1 })).toMatchObject({ kind: 'deny', reason: 'revoked', cost: 0 });
    expect(await reasons({ active: false })).toMatchObject({ reason: 'disabled' });
    expect(await reasons({ expiresAt: 1 })).toMatchObject({ reason: 'expired' });
    expect(await reasons({ environment: 'test' })).toMatchObject({ reason: 'environment_mismatch' });
    expect(await reasons({ allowedIps: ['198.51.100.0/24'] })).toMatchObject({ reason: 'address_not_allowed' });
    expect(await guard.inspect(aRequest('x'.repeat(600)))).toMatchObject({ reason: 'malformed' });
    expect(await guard.inspect({ ...aRequest('x'), rawHeaders: [] })).toMatchObject({ reason: 'missing' });
    usage.accepting = false;
    expect(await reasons({})).toMatchObject({ reason: 'spool_full' });
  });

  it('is not judged by rules on trial', async () => {
    const { guard, tokens } = aGuardScene();
    const text = tokens.issue({ trial: { allowedEndpoints: ['/stores'], scopes: null, rateLimit: LIMIT, since: 1 } });
    expect(await guard.inspect(aRequest(text))).toMatchObject({ kind: 'admit', admission: { trial: null } });
    expect(await guard.check(aRequest(text, { target: '/stores' }))).toMatchObject({ admission: { trial: null } });
  });
});
