import { expect, it } from 'vitest';
import { tokenStatus } from './token-status.ts';

it.each([
  ['revoked', { revokedAt: 5, expiresAt: 1, active: false }],
  ['expired', { revokedAt: null, expiresAt: 10, active: false }],
  ['disabled', { revokedAt: null, expiresAt: 11, active: false }],
  ['active', { revokedAt: null, expiresAt: 11, active: true }],
  ['active', { revokedAt: null, expiresAt: null, active: true }],
] as const)('%s: %j at instant 10', (status, state) => {
  expect(tokenStatus(state, 10)).toBe(status);
});
