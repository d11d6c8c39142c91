import { DEFAULT_POLICY, type KeyTypeRule, type TokenPolicy } from '../policy/token-policy.ts';

/** Secret and publishable keys of a licence service (S2-173…202); name what matters to the test. */
export function aTokenPolicy(changes: Partial<TokenPolicy> = {}): TokenPolicy {
  return {
    ...DEFAULT_POLICY,
    scopes: { read: 'Read everything', validate: 'Check a licence', issue_license: 'Issue a licence', admin: 'Everything' },
    keyTypes: {
      publishable: aKeyTypeRule({ prefix: 'pk', scopeCeiling: ['read', 'validate'], revocable: false, public: true, limit: 1 }),
      secret: aKeyTypeRule({ prefix: 'sk' }),
    },
    ...changes,
  };
}

/** A revocable type without a ceiling or a limit. */
export function aKeyTypeRule(changes: Partial<KeyTypeRule> = {}): KeyTypeRule {
  return { prefix: 'sk', scopeCeiling: 'all', revocable: true, public: false, limit: null, ...changes };
}
