import { describe, expect, it } from 'vitest';
import { describeQuota, type QuotaValues, quotaInput, quotaSchema, quotaValues } from './quota-form.ts';

const DAY = 86_400_000;
const values = (changes: Partial<QuotaValues> = {}): QuotaValues => ({
  ...quotaValues({ remaining: 500, refillAmount: 1_000, refillInterval: DAY }),
  ...changes,
});
const faults = (changes: Partial<QuotaValues>) =>
  (quotaSchema.safeParse(values(changes)).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('a quota in a form', () => {
  it('comes from a token and goes back to it', () => {
    expect(values()).toEqual({ enabled: true, remaining: 500, refilled: true, refillAmount: 1_000, count: 1, unit: 'day' });
    expect(quotaInput(values(), null)).toEqual({ remaining: 500, refillAmount: 1_000, refillInterval: DAY });
    expect(quotaInput(values({ enabled: false }), null)).toEqual({ remaining: null, refillAmount: null, refillInterval: null });
    expect(quotaInput(values({ refilled: false }), null)).toEqual({ remaining: 500, refillAmount: null, refillInterval: null });
  });

  it('does not set what is left anew where only the refill was changed: requests went on meanwhile', () => {
    expect(quotaInput(values({ refillAmount: 2_000 }), values())).toEqual({ refillAmount: 2_000, refillInterval: DAY });
    expect(quotaInput(values({ remaining: 9 }), values())).toMatchObject({ remaining: 9 });
  });

  it.each([
    [{ remaining: '' }, ['remaining']],
    [{ remaining: -1 }, ['remaining']],
    [{ refillAmount: 0 }, ['refillAmount']],
    [{ count: 367 }, ['count']],
    [{ count: '' }, ['count', 'count']],
    [{ enabled: false, remaining: '' }, []],
    [{ refilled: false, refillAmount: '' }, []],
    [{ remaining: 0 }, []],
  ] as const)('%j has faults at %j', (changes, expected) => expect(faults(changes)).toEqual(expected));

  it('reads like people say it', () => {
    expect(describeQuota({ remaining: 1, refillAmount: null, refillInterval: null })).toBe('1 request left');
    expect(describeQuota({ remaining: 500, refillAmount: 1_000, refillInterval: 30 * DAY })).toBe(
      '500 requests left, 1,000 again every 30 days',
    );
    expect(describeQuota({ remaining: null, refillAmount: null, refillInterval: null })).toBeNull();
  });
});
