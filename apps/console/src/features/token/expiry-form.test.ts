import { describe, expect, it } from 'vitest';
import { samplePolicy } from '../../testing/sample-policy.ts';
import { expiryInput, expirySchema, startExpiry } from './expiry-form.ts';

const DAY = 86_400;
const now = new Date(2026, 10, 22, 10, 15).getTime();
const expiry = (changes = {}) => ({ ...samplePolicy().expiry, ...changes });
const faultOf = (custom: string, { mayBePast = false, maxSeconds = null as number | null } = {}) => {
  const schema = expirySchema(expiry({ maxSeconds }), () => now, mayBePast);
  return schema.safeParse({ kind: 'custom', preset: '', custom }).error?.issues[0]?.message;
};

describe('a custom expiry', () => {
  it('must be a date and a time, in the future', () => {
    expect(faultOf('')).toBe('Give a date and a time.');
    expect(faultOf('2026-11-22T10:14')).toBe('Give a time in the future.');
    expect(faultOf('2026-11-22T10:16')).toBeUndefined();
  });

  it('may be past where a token is to end now', () => expect(faultOf('2026-11-22T10:14', { mayBePast: true })).toBeUndefined());

  it('stays within the longest life, and the message says until when', () => {
    expect(faultOf('2027-11-22T10:16', { maxSeconds: 30 * DAY })).toBe(
      'Tokens here live 30 days at most: give a time until 2026-12-22 10:15.',
    );
    expect(faultOf('2026-12-22T10:14', { maxSeconds: 30 * DAY })).toBeUndefined();
  });
});

it('a preset is sent by its name, a date as an instant, and what stays not at all', () => {
  expect(expiryInput({ kind: 'preset', preset: '7_days', custom: '' }, expiry())).toEqual({ expiresAtPreset: '7_days' });
  const at = new Date(2027, 1, 20, 23, 59).toISOString();
  expect(expiryInput({ kind: 'custom', preset: '', custom: '2027-02-20T23:59' }, expiry())).toEqual({ expiresAt: at });
  expect(expiryInput({ kind: 'keep', preset: '', custom: '' }, expiry())).toEqual({});
});

it('a default that is no preset becomes a date', () => {
  expect(startExpiry(expiry({ defaultSeconds: 45 * DAY }), now)).toMatchObject({ kind: 'custom', custom: '2027-01-06T10:15' });
});
