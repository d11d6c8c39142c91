import { describe, expect, test } from 'vitest';
import { assessHealth, type TokenSigns } from './token-health.ts';

const NOW = Date.UTC(2026, 10, 22);
const DAY = 86_400_000;
const well: TokenSigns = {
  status: 'active',
  expiresAt: null,
  lastUsedAt: NOW - 1_000,
  recentRequests: 100,
  recentRateLimited: 0,
  recentFailures: 0,
};

describe('health is', () => {
  test.each<[string, Partial<TokenSigns>]>([
    ['healthy', {}],
    ['revoked', { status: 'revoked', recentRateLimited: 100 }],
    ['disabled', { status: 'disabled', recentRateLimited: 100 }],
    ['expired', { status: 'expired', recentRateLimited: 100 }],
    ['rate_limited', { recentRateLimited: 5, recentFailures: 95 }],
    ['healthy', { recentRateLimited: 4 }],
    ['failing', { recentFailures: 10, expiresAt: NOW + DAY }],
    ['healthy', { recentFailures: 9 }],
    ['failing', { recentRequests: 20, recentFailures: 2 }],
    ['healthy', { recentRequests: 19, recentFailures: 19 }],
    ['expires_soon', { expiresAt: NOW + 7 * DAY, lastUsedAt: null }],
    ['healthy', { expiresAt: NOW + 7 * DAY + 1 }],
    ['never_used', { recentRequests: 0, lastUsedAt: null }],
    ['idle', { recentRequests: 0, lastUsedAt: NOW - 30 * DAY }],
    ['healthy', { recentRequests: 0, lastUsedAt: NOW - 30 * DAY + 1 }],
  ])('%s with %j', (health, signs) => {
    expect(assessHealth({ ...well, ...signs }, NOW)).toBe(health);
  });
});
