import { describe, expect, it } from 'vitest';
import type { GuardRequest } from './guard-request.ts';
import type { AuthenticationRequest, AuthenticationResult, GuardHooks } from './hooks.ts';
import { aGuardScene } from './testing/guard-scene.ts';
import { bearer } from './testing/send.ts';

const aRequest = (text: string, target = '/products?key=hidden'): GuardRequest => ({
  method: 'GET',
  target,
  rawHeaders: bearer(text),
  ip: '192.0.2.1',
  requestId: 'r-1',
});

function aScene(hooks: GuardHooks = {}) {
  const before: AuthenticationRequest[] = [];
  const after: AuthenticationResult[] = [];
  const scene = aGuardScene({
    hooks: {
      beforeAuthentication: (request) => void before.push(request),
      afterAuthentication: (result) => void after.push(result),
      ...hooks,
    },
  });
  return { ...scene, before, after };
}

describe('callbacks', () => {
  it('are called for every check, admitted or refused, with what came of it', async () => {
    const { guard, tokens, before, after } = aScene();
    const text = tokens.issue({ ownerType: 'customer', ownerId: '42' });
    await guard.check(aRequest(text));
    await guard.check(aRequest('lk_live_nonsense'));
    await guard.check({ ...aRequest(text), rawHeaders: [] });
    await guard.close();
    expect(before.map(({ path }) => path)).toEqual(['/products', '/products', '/products']);
    expect(after.map(({ allowed, code }) => [allowed, code])).toEqual([
      [true, 'VALID'],
      [false, 'INVALID_API_KEY'],
      [false, 'MISSING_API_KEY'],
    ]);
    expect(after[0]).toMatchObject({ tokenId: expect.any(Number), ownerType: 'customer', ownerId: '42', method: 'GET', requestId: 'r-1' });
  });

  it('are shown nothing that could hold the token', async () => {
    const { guard, tokens, before, after } = aScene();
    const text = tokens.issue();
    await guard.check(aRequest(text, `/products?api_key=${text}`));
    await guard.close();
    expect(JSON.stringify([before, after])).not.toContain(text.slice(8));
  });

  it('run after the verdict, which a warm token still gets at once', async () => {
    const { guard, tokens, before } = aScene();
    const text = tokens.issue();
    await guard.check(aRequest(text));
    await guard.close();
    before.length = 0;
    expect(guard.check(aRequest(text))).toMatchObject({ kind: 'admit' });
    expect(before).toEqual([]);
  });

  it('that never end hold up no request', async () => {
    const { guard, tokens } = aScene({ afterAuthentication: () => new Promise(() => undefined) });
    const text = tokens.issue();
    for (let count = 0; count < 50; count += 1) expect(await guard.check(aRequest(text))).toMatchObject({ kind: 'admit' });
  });

  it('that fail change no verdict, and are told of', async () => {
    const errors: unknown[] = [];
    const { guard, tokens, after } = aScene({
      beforeAuthentication: () => {
        throw new Error('before');
      },
      onHookError: (error) => {
        errors.push(error);
        throw new Error('of the teller');
      },
    });
    expect(await guard.check(aRequest(tokens.issue()))).toMatchObject({ kind: 'admit' });
    await guard.close();
    expect(errors).toEqual([new Error('before')]);
    expect(after).toHaveLength(1);
  });

  it('beyond the bound of the queue are dropped and counted', async () => {
    const release = Promise.withResolvers<void>();
    const { guard, tokens } = aScene({ afterAuthentication: () => release.promise, maxQueued: 5, concurrency: 1 });
    const text = tokens.issue();
    for (let count = 0; count < 12; count += 1) await guard.check(aRequest(text));
    expect(guard.droppedHookCalls).toBeGreaterThanOrEqual(6);
    release.resolve();
    await guard.close();
  });

  it('are none without hooks, and bounds that make no sense are refused at construction', async () => {
    const { guard, tokens } = aGuardScene();
    await guard.check(aRequest(tokens.issue()));
    expect(guard.droppedHookCalls).toBe(0);
    expect(() => aScene({ maxQueued: 0 })).toThrow(RangeError);
  });

  it('see tokens that are judged without a request, too', async () => {
    const { guard, tokens, after } = aScene();
    await guard.verify({ text: tokens.issue(), configId: null, permissions: null, ip: null, requestId: 'r-2' });
    await guard.close();
    expect(after).toMatchObject([{ code: 'VALID', path: null, requestId: 'r-2' }]);
  });
});
