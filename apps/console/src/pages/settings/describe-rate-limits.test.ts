import { expect, test } from 'vitest';
import { describeRateLimits } from './describe-rate-limits.ts';

test('says who counts', () => {
  expect(describeRateLimits({ rateLimitMode: 'memory', gateways: 1 })).toBe('Counted in this process, exactly');
  expect(describeRateLimits({ rateLimitMode: 'valkey', gateways: 3 })).toBe('Shared between gateways through Valkey, exactly');
});

test('says that Valkey is away, and what each gateway lets pass then', () => {
  expect(describeRateLimits({ rateLimitMode: 'share', gateways: 3 })).toBe(
    'Valkey is away: each of 3 gateways enforces limit ÷ 3 by itself until it is back',
  );
  expect(describeRateLimits({ rateLimitMode: 'share', gateways: 1 })).toContain('the only one');
});
