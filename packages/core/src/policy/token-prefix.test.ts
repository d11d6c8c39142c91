import { describe, expect, it } from 'vitest';
import { aTokenPolicy } from '../testing/token-policy.ts';
import { DEFAULT_POLICY } from './token-policy.ts';
import { environmentOfPrefix, listTokenPrefixes, tokenPrefixOf } from './token-prefix.ts';

describe('the prefix of a new token', () => {
  it('names the environment where nothing is configured', () => {
    expect(tokenPrefixOf(DEFAULT_POLICY, null, 'live')).toBe('lk_live_');
    expect(tokenPrefixOf(DEFAULT_POLICY, null, 'test')).toBe('lk_test_');
  });

  it('is the simple one for every key type while no types are configured (S2-149)', () => {
    const policy = { ...DEFAULT_POLICY, tokenPrefix: 'myapp_' };
    expect(tokenPrefixOf(policy, null, 'live')).toBe('myapp_');
    expect(tokenPrefixOf(policy, 'secret', 'live')).toBe('myapp_');
  });

  it('is the simple one for a token without a type, also where types are configured (S2-150)', () => {
    expect(tokenPrefixOf(aTokenPolicy({ tokenPrefix: 'ak_' }), null, 'live')).toBe('ak_');
  });

  it('comes from type and environment where a type is given (S2-148, 151)', () => {
    const policy = aTokenPolicy({ tokenPrefix: 'ak_' });
    expect(tokenPrefixOf(policy, 'publishable', 'live')).toBe('pk_live_');
    expect(tokenPrefixOf(policy, 'secret', 'test')).toBe('sk_test_');
  });

  it('takes the segment of the environment, whatever the environment is called (S2-199)', () => {
    const policy = aTokenPolicy({ environments: { sandbox: { segment: 'test' } }, currentEnvironment: 'sandbox' });
    expect(tokenPrefixOf(policy, 'publishable', 'sandbox')).toBe('pk_test_');
  });

  it('is the simple one for a type called like something every object has', () => {
    expect(tokenPrefixOf(aTokenPolicy({ tokenPrefix: 'ak_' }), 'constructor', 'live')).toBe('ak_');
  });
});

describe('what a prefix says', () => {
  it('is the environment, or nothing for a simple prefix (S2-111)', () => {
    const policy = aTokenPolicy({ tokenPrefix: 'ak_' });
    expect(environmentOfPrefix(policy, 'pk_live_')).toBe('live');
    expect(environmentOfPrefix(policy, 'sk_test_')).toBe('test');
    expect(environmentOfPrefix(policy, 'ak_')).toBeNull();
    expect(environmentOfPrefix(policy, 'xx_')).toBeNull();
  });

  it('is listed for every type in every environment', () => {
    expect(listTokenPrefixes(aTokenPolicy()).map(({ prefix }) => prefix)).toEqual([
      'lk_live_',
      'lk_test_',
      'pk_live_',
      'pk_test_',
      'sk_live_',
      'sk_test_',
    ]);
  });
});
