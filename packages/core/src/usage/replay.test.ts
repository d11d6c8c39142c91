import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../limit/rate-limit.ts';
import { emptyWindow, takeFromWindow } from '../limit/window.ts';
import { createReplay, type ReplayedRequest, type ReplayProposal } from './replay.ts';

const NINE = Date.UTC(2026, 0, 15, 9);
const NOTHING: ReplayProposal = { allowedEndpoints: null, rateLimit: null };
const TWO_A_MINUTE: RateLimit = { max: 2, windowMs: 60_000, algorithm: 'fixed' };

function aRequest(at: number, changes: Partial<ReplayedRequest> = {}): ReplayedRequest {
  return { at, method: 'GET', path: '/products/1', endpoint: '/products/:id', cost: 1, wasRefused: false, ...changes };
}

function replay(proposal: Partial<ReplayProposal>, requests: readonly ReplayedRequest[]) {
  const running = createReplay({ ...NOTHING, ...proposal });
  for (const request of requests) running.add(request);
  return running.result();
}

describe('a proposed limit', () => {
  it('refuses what is over it, hour by hour, counted by hand', () => {
    const seconds = (...list: number[]) => list.map((second) => aRequest(NINE + second * 1_000));
    // Windows open at 0 s (two pass, two refused), 60 s (one passes) and 3,600 s (two pass, three refused).
    const result = replay({ rateLimit: TWO_A_MINUTE }, seconds(0, 10, 59, 59.999, 60, 3_600, 3_601, 3_602, 3_603, 3_604));
    expect(result).toEqual({
      requests: 10,
      refused: { total: 5, endpoint: 0, rate: 5 },
      newlyRefused: 5,
      newlyAllowed: 0,
      hours: [
        { at: NINE, requests: 5, refused: 2 },
        { at: NINE + 3_600_000, requests: 5, refused: 3 },
      ],
      worstHour: { at: NINE + 3_600_000, requests: 5, refused: 3 },
      endpoints: [{ endpoint: '/products/:id', method: 'GET', requests: 10, refused: 5 }],
      peak: 5,
    });
  });

  it('weighs each request by what it was charged', () => {
    const requests = [3, 2, 1].map((cost) => aRequest(NINE, { cost }));
    expect(replay({ rateLimit: { ...TWO_A_MINUTE, max: 4 } }, requests)).toMatchObject({ refused: { rate: 1 }, peak: 6 });
  });

  it('lets pass what an older, lower limit refused', () => {
    const requests = [0, 1, 2].map((second) => aRequest(NINE + second * 1_000, { wasRefused: second > 0 }));
    expect(replay({ rateLimit: TWO_A_MINUTE }, requests)).toMatchObject({ newlyRefused: 0, newlyAllowed: 1, refused: { total: 1 } });
  });

  it('refuses exactly what the counter refuses that is fed the same requests, and no more than it allows per window', () => {
    const limits = fc.record<RateLimit>({
      max: fc.integer({ min: 1, max: 6 }),
      windowMs: fc.constantFrom(1_000, 60_000),
      algorithm: fc.constantFrom('fixed', 'sliding'),
    });
    const gaps = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 900 }), cost: fc.constantFrom(1, 1, 1, 3) }), { maxLength: 200 });
    fc.assert(
      fc.property(limits, gaps, (rateLimit, steps) => {
        const window = emptyWindow();
        let at = NINE;
        const requests = steps.map(({ afterMs, cost }) => {
          at += afterMs;
          return aRequest(at, { cost: Math.min(cost, rateLimit.max) });
        });
        const states = requests.map((request) => takeFromWindow(window, rateLimit, request.at, request.cost));
        const { refused, peak, hours } = replay({ rateLimit }, requests);
        expect(refused).toEqual({ total: refused.rate, endpoint: 0, rate: states.filter(({ allowed }) => !allowed).length });
        expect(hours.reduce((sum, hour) => sum + hour.refused, 0)).toBe(refused.total);
        // Nothing is refused exactly where the demand of no window is above the limit.
        expect(refused.total === 0).toBe((peak ?? 0) <= rateLimit.max);
      }),
    );
  });
});

describe('a proposed list of endpoints', () => {
  it('refuses what it does not name, and that counts nothing against a limit', () => {
    const requests = [
      aRequest(NINE, { path: '/stores', endpoint: '/stores' }),
      aRequest(NINE, { path: '/stores', endpoint: '/stores' }),
      aRequest(NINE, { method: 'DELETE' }),
      aRequest(NINE),
      aRequest(NINE),
    ];
    const result = replay({ allowedEndpoints: ['GET /products*'], rateLimit: TWO_A_MINUTE }, requests);
    expect(result).toMatchObject({ refused: { total: 3, endpoint: 3, rate: 0 }, peak: 2 });
    expect(result.endpoints).toEqual([
      { endpoint: '/stores', method: 'GET', requests: 2, refused: 2 },
      { endpoint: '/products/:id', method: 'DELETE', requests: 1, refused: 1 },
    ]);
  });
});

it('sums endpoints beyond a bound, so that memory does not follow the traffic', () => {
  const requests = Array.from({ length: 5_000 }, (_, id) => aRequest(NINE, { path: `/x${id}`, endpoint: `/x${id}` }));
  const { endpoints } = replay({ allowedEndpoints: ['/none'] }, requests);
  expect(endpoints).toHaveLength(2_001);
  expect(endpoints[0]).toEqual({ endpoint: '(other)', method: '', requests: 3_000, refused: 3_000 });
});
