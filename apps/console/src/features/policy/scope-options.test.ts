import { describe, expect, it } from 'vitest';
import { samplePolicy, strictPolicy } from '../../testing/sample-policy.ts';
import { defaultScopes, scopeOptions } from './scope-options.ts';

const secret = { keyType: 'secret', ownerType: null };
const publishable = { keyType: 'publishable', ownerType: null };

describe('scopes to choose from', () => {
  it('are the vocabulary with its descriptions (S2-141)', () => {
    expect(scopeOptions(strictPolicy(), secret)).toEqual([
      { name: 'read', description: 'Look at everything.', barred: null },
      { name: 'write', description: 'Change what is there.', barred: null },
    ]);
  });

  it('say why a key type cannot hold them (S2-180)', () => {
    expect(scopeOptions(strictPolicy(), publishable).map(({ name, barred }) => [name, barred])).toEqual([
      ['read', null],
      ['write', 'Tokens of type “publishable” cannot hold it.'],
    ]);
  });

  it('are those of the owner’s type where it has its own (S2-051, S2-059)', () => {
    const owners = [{ type: 'user', maxTokens: null, requireName: false, defaultScopes: null, availableScopes: ['read'] }];
    expect(scopeOptions(strictPolicy({ owners }), { keyType: null, ownerType: 'user' }).map(({ name }) => name)).toEqual(['read']);
  });

  it('are free text without a vocabulary (S2-143)', () => expect(scopeOptions(samplePolicy(), secret)).toEqual([]));
});

describe('default scopes', () => {
  it('are the policy’s, as far as the type can hold them (S2-144)', () => {
    const policy = strictPolicy({ defaultScopes: ['read', 'write'] });
    expect(defaultScopes(policy, secret)).toEqual(['read', 'write']);
    expect(defaultScopes(policy, publishable)).toEqual(['read']);
  });

  it('are the owner’s where it has its own (S2-009)', () => {
    const owners = [{ type: '*', maxTokens: null, requireName: false, defaultScopes: ['write'], availableScopes: null }];
    expect(defaultScopes(strictPolicy({ owners }), { keyType: 'secret', ownerType: 'team' })).toEqual(['write']);
  });
});
