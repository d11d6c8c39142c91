import { afterEach, describe, expect, it } from 'vitest';
import type { Guard } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { type CaseScene, expectDenial, NOON } from './case-scene.ts';
import type { Door } from './guard-cases.ts';
import { aGuardScene, type GuardScene } from './guard-scene.ts';
import { bearer, type SendOptions, send } from './send.ts';

/** What a door with two guards is opened with: `inner` stands behind `outer`, before `/api/upload`, which answers how long the body was. */
export interface NestedOptions {
  readonly outer: Guard;
  readonly inner: Guard;
  /** What the inner one asks for. */
  readonly access: RequiredAccess;
}

/** Where a request passes guards one behind the other. The same cases run over every adapter. */
export function describeNestedGuards(name: string, start: (options: NestedOptions) => Promise<Door>): void {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function open(scene: GuardScene = aGuardScene(), inner = scene.guard, access: RequiredAccess = {}): Promise<CaseScene> {
    const { url, close } = await start({ outer: scene.guard, inner, access });
    closing.push(close, scene.guard.close);
    const upload = (options: SendOptions = {}) => send(url, { method: 'POST', path: '/api/upload', body: 'x'.repeat(100), ...options });
    return Object.assign(scene, { url, send: upload });
  }

  describe(`the same guard twice over ${name}`, () => {
    it('counts and records a request once, whether its token was looked up or at hand', async () => {
      const scene = await open();
      const quota = { refillAmount: null, refillIntervalMs: null, epoch: 1 };
      const headers = bearer(scene.tokens.issue({ rateLimit: { max: 2, windowMs: 60_000, algorithm: 'fixed' }, quota }));
      scene.ledger.set(1, { remaining: 2, ...quota });
      for (const remaining of ['1', '0']) {
        const answer = await scene.send({ headers });
        expect(answer).toMatchObject({ status: 200, text: '100' });
        expect(answer.headers['x-ratelimit-remaining']).toBe(remaining);
        expect(answer.headers['x-request-id']).toBe(scene.usage.records.at(-1)?.requestId);
      }
      expectDenial(await scene.send({ headers }), 'rate_limited');
      expect(scene.usage.records).toMatchObject([
        { status: 200, requestBytes: 100, responseBytes: 3 },
        { status: 200, requestBytes: 100, responseBytes: 3 },
        { status: 429 },
      ]);
    });

    it('judges it anew: what the inner one asks for is missing, and its one record says so', async () => {
      const scene = await open(undefined, undefined, { scopes: ['write'] });
      const refused = await scene.send({ headers: bearer(scene.tokens.issue({ scopes: ['read'] })) });
      expectDenial(refused, 'insufficient_scope');
      expect(refused.body).toMatchObject({ required: ['write'], request_id: scene.usage.records[0]?.requestId });
      expect(scene.usage.records).toMatchObject([{ status: 403, outcome: 'INSUFFICIENT_SCOPE', cost: 1 }]);
      expect((await scene.send({ headers: bearer(scene.tokens.issue({ scopes: ['write'] })) })).status).toBe(200);
    });

    it('judges the token as it is by then', async () => {
      const scene = aGuardScene();
      let checks = 0;
      const check: Guard['check'] = (...given) => {
        checks += 1;
        if (checks === 2) scene.tokens.change(1, { revokedAt: NOON });
        return scene.guard.check(...given);
      };
      const guard: Guard = Object.assign(Object.create(scene.guard) as Guard, { check });
      const door = await start({ outer: guard, inner: guard, access: {} });
      closing.push(door.close, scene.guard.close);
      expectDenial(await send(door.url, { method: 'POST', path: '/api/upload', headers: bearer(scene.tokens.issue()) }), 'revoked');
      expect(scene.usage.records).toMatchObject([{ status: 401, outcome: 'KEY_REVOKED' }]);
    });
  });

  it(`two guards over ${name} are two policies: each counts and records`, async () => {
    const outer = aGuardScene();
    const inner = aGuardScene({ tokens: outer.tokens });
    const scene = await open(outer, inner.guard);
    const headers = bearer(scene.tokens.issue());
    expect((await scene.send({ headers })).status).toBe(200);
    for (const { usage } of [outer, inner]) expect(usage.records).toMatchObject([{ status: 200, cost: 1 }]);
  });
}
