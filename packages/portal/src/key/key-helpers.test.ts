import { describe, expect, it } from 'vitest';
import { environmentFromToken, environmentLabel, environmentLabelFromToken } from './key-environment.ts';
import { keyStatus, keyStatusInfo, keyStatusLabel } from './key-status.ts';
import { isPublishable, isSecret, keyTypeLabel } from './key-type.ts';
import { maskToken } from './mask-token.ts';
import { tokenData } from './token-data.ts';

const RANDOM = 'a'.repeat(42);
const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const at = (offsetMs: number) => new Date(NOW + offsetMs).toISOString();

describe('a masked token', () => {
  it.each([
    ['sk_live_', 'abc1', 'sk_live_••••abc1'],
    ['ak_demo_', 'yZn9', 'ak_demo_••••yZn9'],
    ['ak_', '0000', 'ak_••••0000'],
  ])('is prefix, four bullets and the last four: %s', (prefix, last4, masked) => {
    expect(maskToken({ prefix, last4 })).toBe(masked);
    expect([...masked].filter((character) => character === '\u2022')).toHaveLength(4);
  });
});

describe('the status of a key', () => {
  it.each([
    ['active', { expiresAt: null, revokedAt: null }],
    ['active', { expiresAt: at(1), revokedAt: null }],
    ['expired', { expiresAt: at(0), revokedAt: null }],
    ['expired', { expiresAt: at(-1), revokedAt: null, active: false }],
    ['revoked', { expiresAt: at(-1), revokedAt: at(-2) }],
    ['disabled', { expiresAt: at(1), revokedAt: null, active: false }],
  ] as const)('is %s for %j', (status, state) => {
    expect(keyStatus(state, NOW)).toBe(status);
  });

  it.each([
    ['active', 'Active', 'green'],
    ['expired', 'Expired', 'gray'],
    ['revoked', 'Revoked', 'red'],
    ['disabled', 'Disabled', 'yellow'],
  ] as const)('%s has the label %s and is %s', (status, label, color) => {
    expect(keyStatusLabel(status)).toBe(label);
    expect(keyStatusInfo(status)).toEqual({ status, label, color });
  });
});

describe('the type of a key', () => {
  it.each([
    ['publishable', 'Publishable', true, false],
    ['secret', 'Secret', false, true],
    [null, null, false, true],
    ['read_only', 'Read only', false, false],
  ])('%s has the label %s', (keyType, label, publishable, secret) => {
    expect(keyTypeLabel({ keyType })).toBe(label);
    expect(isPublishable({ keyType })).toBe(publishable);
    expect(isSecret({ keyType })).toBe(secret);
  });
});

describe('the environment', () => {
  it.each([
    ['test', 'Test'],
    ['live', 'Live'],
    [null, 'Default'],
    ['sandbox', 'Sandbox'],
  ])('%s has the label %s', (environment, label) => {
    expect(environmentLabel({ environment })).toBe(label);
  });

  it.each([
    [`sk_test_${RANDOM}`, 'test', 'Test mode'],
    [`pk_live_${RANDOM}`, 'live', 'Live mode'],
    [`ak_${RANDOM}`, null, 'Default'],
    ['sk_test_short', null, 'Default'],
    ['', null, 'Default'],
  ])('is read from the text of the token: %s', (token, environment, label) => {
    expect(environmentFromToken(token)).toBe(environment);
    expect(environmentLabelFromToken(token)).toBe(label);
  });
});

describe('token data', () => {
  const key = { prefix: 'pk_test_', last4: 'abc1', keyType: 'publishable', environment: 'test' };

  it('is masked for a key whose text nobody has any more', () => {
    expect(tokenData(key)).toEqual({ masked: 'pk_test_••••abc1', full: null, viewable: null, type: 'publishable', environment: 'test' });
  });

  it('has the text just after creation, and the viewable one of a key that may be seen again', () => {
    expect(tokenData(key, { full: 'text' })).toMatchObject({ full: 'text', viewable: null });
    expect(tokenData(key, { viewable: 'text' })).toMatchObject({ full: null, viewable: 'text' });
  });
});
