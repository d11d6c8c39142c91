import type { Policy } from '@latchkey/api/schemas';

const DAY = 86_400;

/** What holds without a configuration file; `changes` say what matters to a test. */
export function samplePolicy(changes: Partial<Policy> = {}): Policy {
  return {
    scopes: [],
    defaultScopes: [],
    keyTypes: [],
    environments: [
      { name: 'live', prefix: 'lk_live_' },
      { name: 'test', prefix: 'lk_test_' },
    ],
    currentEnvironment: 'live',
    strictEnvironmentIsolation: false,
    owners: [],
    expiry: {
      presets: [
        { name: 'no_expiration', seconds: null },
        { name: '7_days', seconds: 7 * DAY },
        { name: '30_days', seconds: 30 * DAY },
        { name: '90_days', seconds: 90 * DAY },
      ],
      defaultSeconds: null,
      maxSeconds: null,
    },
    rules: [],
    pools: [],
    selfManagement: true,
    apiKeyConfigIds: ['default'],
    ...changes,
  };
}

/** A deployment with types, a vocabulary and rules for owners. */
export function strictPolicy(changes: Partial<Policy> = {}): Policy {
  return samplePolicy({
    scopes: [
      { name: 'read', description: 'Look at everything.' },
      { name: 'write', description: 'Change what is there.' },
    ],
    defaultScopes: ['read'],
    keyTypes: [
      keyType('secret', 'sk', { scopeCeiling: null }),
      keyType('publishable', 'pk', { scopeCeiling: ['read'], revocable: false, viewable: true, limit: 1 }),
    ],
    owners: [{ type: 'user', maxTokens: 10, requireName: true, defaultScopes: null, availableScopes: null }],
    ...changes,
  });
}

function keyType(name: string, word: string, changes: Partial<Policy['keyTypes'][number]>): Policy['keyTypes'][number] {
  const prefixes = { live: `${word}_live_`, test: `${word}_test_` };
  return { name, prefix: prefixes.live, prefixes, scopeCeiling: null, revocable: true, viewable: false, limit: null, ...changes };
}
