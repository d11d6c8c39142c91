import { describe, expect, it } from 'vitest';
import type { GuardRequest } from './guard.ts';
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
