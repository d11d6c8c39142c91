import type { Counter, TokenTrial } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { createMemoryCounter } from './counters/memory-counter.ts';
import type { GuardRequest } from './guard-request.ts';
import { aGuardScene } from './testing/guard-scene.ts';
import type { Verdict } from './verdict.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const TRIAL: TokenTrial = { allowedEndpoints: null, scopes: null, rateLimit: null, since: NOON };
const TWO_A_MINUTE = { max: 2, windowMs: 60_000, algorithm: 'fixed' } as const;

function ask(text: string, target = '/products', method = 'GET'): GuardRequest {
  return { method, target, rawHeaders: ['Authorization', `Bearer ${text}`], ip: null, requestId: 'r' };
}

const trialOf = (verdict: Verdict) => (verdict.kind === 'admit' ? verdict.admission.trial : verdict.reason);

/** A counter that notes under which keys it is asked to count. */
function spyOn(counter: Counter): Counter & { readonly taken: string[] } {
  const taken: string[] = [];
  return {
    taken,
    peek: counter.peek,
    giveBack: counter.giveBack,
    take(claims, ...rest) {
      taken.push(...claims.map(({ key }) => key));
      return counter.take(claims, ...rest);
    },
  };
}

describe('rules on trial', () => {
  it('refuse nothing, and say what they would have refused and why', async () => {
    const scene = aGuardScene({ require: { scopes: ['write'] } });
    const text = scene.tokens.issue({
      scopes: ['write', 'read'],
      trial: { ...TRIAL, allowedEndpoints: ['GET /products*'], scopes: ['read'], rateLimit: TWO_A_MINUTE },
    });
    const stores = await scene.guard.check(ask(text, '/stores'));
    const products = await scene.guard.check(ask(text, '/products/1'));
    expect([stores.kind, products.kind]).toEqual(['admit', 'admit']);
    expect([trialOf(stores), trialOf(products)]).toEqual(['ENDPOINT_NOT_ALLOWED', 'INSUFFICIENT_SCOPE']);
  });

  it('count a limit under a key of their own: the real window stays as it is', async () => {
    const counter = spyOn(createMemoryCounter());
    const scene = aGuardScene({ counter });
    const text = scene.tokens.issue({ rateLimit: { ...TWO_A_MINUTE, max: 5 }, trial: { ...TRIAL, rateLimit: TWO_A_MINUTE } });
    const verdicts = [];
    for (let request = 0; request < 6; request++) verdicts.push(await scene.guard.check(ask(text)));
    expect(verdicts.map(trialOf)).toEqual([null, null, 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED', 'rate_limited']);
    expect(verdicts.map(({ limits }) => limits?.windows[0]?.remaining)).toEqual([4, 3, 2, 1, 0, 0]);
    expect(counter.taken.filter((key) => key !== '{1}:default')).toEqual(Array(5).fill(`{1}:trial:${NOON}`));
  });

  it('are not asked about a request that the real rules refuse', async () => {
    const counter = spyOn(createMemoryCounter());
    const scene = aGuardScene({ counter });
    const text = scene.tokens.issue({ allowedEndpoints: ['/stores'], trial: { ...TRIAL, rateLimit: TWO_A_MINUTE } });
    expect(trialOf(await scene.guard.check(ask(text)))).toBe('endpoint_not_allowed');
    expect(counter.taken).toEqual([]);
  });

  it('can widen as well: a list on trial that allows everything refuses nothing', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue({ allowedEndpoints: ['/products'], trial: { ...TRIAL, allowedEndpoints: [] } });
    expect(trialOf(await scene.guard.check(ask(text)))).toBeNull();
  });

  it('never refuse anything for a counter that can not be asked', async () => {
    const fail = () => Promise.reject(new Error('gone'));
    const counter: Counter = { peek: fail, take: fail, giveBack: fail };
    const scene = aGuardScene({ counter });
    const text = scene.tokens.issue({ rateLimit: null, trial: { ...TRIAL, rateLimit: TWO_A_MINUTE } });
    expect(trialOf(await scene.guard.check(ask(text)))).toBeNull();
  });

  it('a warm token without a trial is judged at once', async () => {
    const scene = aGuardScene();
    const text = scene.tokens.issue();
    await scene.guard.check(ask(text));
    expect(scene.guard.check(ask(text))).not.toBeInstanceOf(Promise);
  });
});
