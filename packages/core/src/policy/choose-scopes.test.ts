import { describe, expect, it } from 'vitest';
import { aTokenPolicy } from '../testing/token-policy.ts';
import { chooseScopes } from './choose-scopes.ts';
import { DEFAULT_POLICY } from './token-policy.ts';

const anybody = { keyType: null, ownerType: null };
const policy = aTokenPolicy({
  defaultScopes: ['read'],
  owners: { partner: { maxTokens: null, requireName: false, defaultScopes: ['validate'], availableScopes: ['validate', 'admin'] } },
});

describe('the scopes of a token', () => {
  it('are those that were asked for, without blanks and repetitions (S2-062)', () => {
    expect(chooseScopes(policy, ['read', '', '  ', 'admin', 'read'], anybody)).toEqual({ ok: true, scopes: ['read', 'admin'] });
  });

  it('are the defaults where none were named: the owner’s, else the policy’s (S2-144, 009)', () => {
    expect(chooseScopes(policy, null, anybody)).toEqual({ ok: true, scopes: ['read'] });
    expect(chooseScopes(policy, null, { keyType: null, ownerType: 'partner' })).toEqual({ ok: true, scopes: ['validate'] });
  });

  it('are none where none are wanted: an empty list is no question for the defaults (S1-20)', () => {
    expect(chooseScopes(policy, [], anybody)).toEqual({ ok: true, scopes: [] });
  });

  it('are filtered by the ceiling of the key type, in order, without an error (S2-180)', () => {
    const requested = ['read', 'validate', 'issue_license', 'admin'];
    expect(chooseScopes(policy, requested, { ...anybody, keyType: 'publishable' })).toEqual({ ok: true, scopes: ['read', 'validate'] });
    expect(chooseScopes(policy, requested, { ...anybody, keyType: 'secret' })).toEqual({ ok: true, scopes: requested });
  });

  it('must be of the vocabulary, in its case (S2-143)', () => {
    expect(chooseScopes(policy, ['read', 'Read', 'wirte', 'wirte'], anybody)).toMatchObject({ ok: false, unknown: ['Read', 'wirte'] });
    expect(chooseScopes(policy, ['read'], { keyType: null, ownerType: 'partner' })).toMatchObject({
      ok: false,
      unknown: ['read'],
      available: ['validate', 'admin'],
    });
  });

  it('may be any text where there is no vocabulary', () => {
    expect(chooseScopes(DEFAULT_POLICY, ['s3:GetObject'], anybody)).toEqual({ ok: true, scopes: ['s3:GetObject'] });
  });
});
