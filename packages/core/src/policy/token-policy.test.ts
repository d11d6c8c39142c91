import { describe, expect, it } from 'vitest';
import { aKeyTypeRule, aTokenPolicy } from '../testing/token-policy.ts';
import { isRevocable, isViewable, ownerRuleOf } from './token-policy.ts';

const rule = { maxTokens: 10, requireName: true, defaultScopes: null, availableScopes: null };

describe('the rules of an owner', () => {
  const policy = aTokenPolicy({ owners: { user: rule, '*': { ...rule, maxTokens: 3 } } });

  it('are those of its type, else those of every other type', () => {
    expect(ownerRuleOf(policy, 'user').maxTokens).toBe(10);
    expect(ownerRuleOf(policy, 'organization').maxTokens).toBe(3);
  });

  it('are none for a token without an owner, and where nothing is said', () => {
    expect(ownerRuleOf(policy, null).maxTokens).toBeNull();
    expect(ownerRuleOf(aTokenPolicy(), 'constructor')).toMatchObject({ maxTokens: null, requireName: false });
  });
});

describe('a key type', () => {
  it('is revocable unless it says otherwise, also without rules (S2-174)', () => {
    expect(isRevocable(aTokenPolicy(), 'secret')).toBe(true);
    expect(isRevocable(aTokenPolicy(), 'publishable')).toBe(false);
    expect(isRevocable(aTokenPolicy(), null)).toBe(true);
    expect(isRevocable(aTokenPolicy(), 'gone')).toBe(true);
  });

  it.each([
    [true, false, true],
    [true, true, false],
    [false, false, false],
    [false, true, false],
  ])('that is public: %s and revocable: %s is viewable: %s (S2-187…189)', (isPublic, revocable, viewable) => {
    expect(isViewable(aTokenPolicy({ keyTypes: { some: aKeyTypeRule({ public: isPublic, revocable }) } }), 'some')).toBe(viewable);
  });
});
