import { describe, expect, it } from 'vitest';
import { createTokenVerifier } from './create-token-verifier.ts';
import type { TokenInquiry } from './guard-request.ts';
import { aGuardScene, type GuardScene } from './testing/guard-scene.ts';
import { bearer } from './testing/send.ts';

const inquiry = { configId: null, permissions: null, ip: '192.0.2.1', requestId: 'v-1', userAgent: 'shop/1.0' };

function verifyIn(scene: GuardScene) {
  const verify = createTokenVerifier(scene.guard);
  return (text: string, changes: Partial<TokenInquiry> = {}) => verify({ ...inquiry, ...changes, text });
}

const perDay = (max: number) => ({ rateLimit: { max, windowMs: 86_400_000, algorithm: 'fixed' as const } });

describe('a good token', () => {
  it('is valid, whatever endpoints it is bound to', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue({ allowedEndpoints: ['/stores'] });
    expect(await verifyIn(scene)(text)).toMatchObject({ kind: 'valid', token: { id: 1 }, limit: { current: 1 } });
  });

  it('is counted in the same window as its requests', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue(perDay(3));
    await verifyIn(scene)(text);
    await scene.guard.check({ method: 'GET', target: '/products', rawHeaders: bearer(text), ip: null, requestId: 'r-1' });
    expect(await verifyIn(scene)(text)).toMatchObject({ kind: 'valid', limit: { current: 3, remaining: 0 } });
    scene.clock += 1_000;
    expect(await verifyIn(scene)(text)).toEqual({ kind: 'refused', reason: 'rate_limited', retryAfterMs: 86_399_000 });
  });

  it('is on record before the answer', async () => {
    const scene = aGuardScene();
    await verifyIn(scene)(scene.tokens.issue());
    expect(scene.usage.records).toMatchObject([
      {
        tokenId: 1,
        secretId: expect.any(Number),
        method: 'POST',
        endpoint: '/api-key/verify',
        status: 200,
        outcome: 'VALID',
        ip: '192.0.2.1',
        userAgent: 'shop/1.0',
        requestId: 'v-1',
      },
    ]);
  });

  it('is on record without the text of a token that its client calls itself', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue();
    await createTokenVerifier(scene.guard)({ ...inquiry, text, userAgent: text });
    expect(scene.usage.records).toMatchObject([{ userAgent: `lk_live_...${text.slice(-3)}` }]);
  });
});

describe('refused is', () => {
  it.each([
    ['revoked', { revokedAt: 1 }, 401],
    ['disabled', { active: false }, 401],
    ['expired', { expiresAt: 1 }, 401],
  ] as const)('what is %s, with a record and without a count', async (reason, state, status) => {
    const scene = aGuardScene();
    const text = scene.tokens.issue({ ...perDay(1), ...state });
    expect(await verifyIn(scene)(text)).toEqual({ kind: 'refused', reason, retryAfterMs: null });
    expect(scene.usage.records).toMatchObject([{ status }]);
    scene.tokens.change(1, { revokedAt: null, active: true, expiresAt: null });
    expect(await verifyIn(scene)(text)).toMatchObject({ kind: 'valid', limit: { current: 1 } });
  });

  it('what nobody issued, however long it is', async () => {
    const scene = aGuardScene();
    expect(await verifyIn(scene)(scene.mint.generate('lk_live_'))).toMatchObject({ reason: 'unknown' });
    expect(await verifyIn(scene)('x'.repeat(100_000))).toMatchObject({ reason: 'malformed' });
    expect(scene.usage.records.filter(({ kind }) => kind === 'request')).toEqual([]);
  });

  it('what lacks a permission, before anything is counted', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue({ permissions: { files: ['read'] } });
    const verify = verifyIn(scene);
    expect(await verify(text, { permissions: { files: ['read', 'write'] } })).toMatchObject({ reason: 'insufficient_permission' });
    expect(await verify(text, { permissions: { files: ['read'] } })).toMatchObject({ kind: 'valid', limit: { current: 1 } });
  });

  it('what belongs to another configuration', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue({ configId: 'partner' });
    expect(await verifyIn(scene)(text, { configId: 'default' })).toMatchObject({ reason: 'configuration_mismatch' });
    expect(await verifyIn(scene)(text, { configId: 'partner' })).toMatchObject({ kind: 'valid' });
    expect(await verifyIn(scene)(text)).toMatchObject({ kind: 'valid' });
  });

  it('what can not be recorded', async () => {
    const scene = aGuardScene();
    scene.usage.failure = new Error('The disk is full.');
    expect(await verifyIn(scene)(scene.tokens.issue())).toMatchObject({ reason: 'temporarily_unavailable' });
  });
});
