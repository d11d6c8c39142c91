import { DEFAULT_POLICY } from '@latchkey/core';
import { aTokenPolicy, aTokenRecord } from '@latchkey/core/testing';
import { describe, expect, it } from 'vitest';
import { inherit } from './mint-own-token.ts';

const NOW = Date.UTC(2026, 10, 26, 12);
const DAY_MS = 86_400_000;
const NINETY_DAYS = { ...DEFAULT_POLICY, expiry: { ...DEFAULT_POLICY.expiry, defaultSeconds: 90 * 86_400 } };

/** What of a token is no restriction on what it may do, or is looked at by hand: owner, expiry, limit, quota. */
const NOT_HANDED_DOWN = new Set([
  ...['id', 'version', 'name', 'active', 'notBefore', 'revokedAt', 'secretId', 'secretVersion', 'trial'],
  ...['ownerType', 'ownerId', 'expiresAt', 'secretExpiresAt', 'rateLimit', 'quota'],
]);

describe('a token made by a token', () => {
  it('gets every restriction of the one that made it', () => {
    const parent = aTokenRecord({
      id: 12,
      configId: 'partner',
      environment: 'test',
      keyType: 'secret',
      allowedEndpoints: ['GET /products*'],
      scopes: ['read'],
      permissions: { projects: ['read'] },
      strict: true,
      limits: [{ name: 'daily', max: 1_000, windowMs: DAY_MS, algorithm: 'fixed' }],
      allowedIps: ['192.0.2.0/24'],
    });
    const request: Record<string, unknown> = { ...inherit(parent, DEFAULT_POLICY, NOW) };
    for (const [member, value] of Object.entries(parent)) {
      if (!NOT_HANDED_DOWN.has(member)) expect(request[member], `"${member}" is handed down`).toEqual(value);
    }
  });

  it('gets the limit with counters of its own, and none where there is none', () => {
    const rateLimit = { max: 7, windowMs: 30_000, algorithm: 'sliding' } as const;
    expect(inherit(aTokenRecord({ rateLimit }), DEFAULT_POLICY, NOW)).toMatchObject({
      rateLimit: 7,
      rateLimitWindowMs: 30_000,
      rateLimitAlgorithm: 'sliding',
    });
    expect(inherit(aTokenRecord({ rateLimit: null }), DEFAULT_POLICY, NOW).rateLimit).toBeNull();
  });

  it('has the same owner, and without one the token that made it (S0-39)', () => {
    expect(inherit(aTokenRecord({ ownerType: 'client', ownerId: '7' }), DEFAULT_POLICY, NOW).owner).toEqual({ type: 'client', id: '7' });
    expect(inherit(aTokenRecord({ id: 12, ownerType: null, ownerId: null }), DEFAULT_POLICY, NOW).owner).toEqual({
      type: 'token',
      id: '12',
    });
  });

  it('is not given scopes that have left the vocabulary', () => {
    expect(inherit(aTokenRecord({ scopes: ['read', 'gone'] }), aTokenPolicy(), NOW).scopes).toEqual(['read']);
    expect(inherit(aTokenRecord({ scopes: [] }), aTokenPolicy({ defaultScopes: ['read'] }), NOW).scopes).toEqual([]);
  });

  it.each([
    ['the policy’s default, where the parent lives for ever (S0-30)', null, NINETY_DAYS, {}],
    ['the policy’s default, where the parent lives longer', 100, NINETY_DAYS, { expiresAt: new Date(NOW + 90 * DAY_MS).toISOString() }],
    ['the parent’s end, where that comes first', 3, NINETY_DAYS, { expiresAt: new Date(NOW + 3 * DAY_MS).toISOString() }],
    ['the parent’s end, where the policy has no default', 3, DEFAULT_POLICY, { expiresAt: new Date(NOW + 3 * DAY_MS).toISOString() }],
  ])('ends at %s', (_case, days, policy, expiry) => {
    const expiresAt = days === null ? null : NOW + days * DAY_MS;
    expect(inherit(aTokenRecord({ expiresAt }), policy, NOW).expiry).toEqual(expiry);
  });
  it('ends with the secret that made it, where that one is being rotated out', () => {
    const secretExpiresAt = NOW + DAY_MS;
    const request = inherit(aTokenRecord({ secretExpiresAt, expiresAt: NOW + 2 * DAY_MS }), NINETY_DAYS, NOW);
    expect(request.expiry).toEqual({ expiresAt: new Date(secretExpiresAt).toISOString() });
  });
});
