import { describe, expect, it } from 'vitest';
import { expectDenial, NOON, type OpenScene } from './case-scene.ts';
import { type Answer, bearer } from './send.ts';

/** How much a token may ask for. */
export function describeLimitCases(open: OpenScene): void {
  describeRateLimit(open);
  describeSeveralLimits(open);
  describeQuota(open);
}

function describeRateLimit(open: OpenScene): void {
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

function describeSeveralLimits(open: OpenScene): void {
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

function describeQuota(open: OpenScene): void {
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
