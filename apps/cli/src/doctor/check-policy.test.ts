import type { Policy, TokenListItem } from '@latchkey/api/schemas';
import { describe, expect, it } from 'vitest';
import { strayReason } from './check-policy.ts';

const NOW = Date.UTC(2026, 10, 26);
const POLICY = {
  scopes: [{ name: 'read', description: '' }],
  keyTypes: [{ name: 'secret' }],
  environments: [{ name: 'live', prefix: 'lk_live_' }],
  expiry: { presets: [], defaultSeconds: null, maxSeconds: 86_400 },
} as unknown as Policy;
const token = (changes: Partial<TokenListItem> = {}) =>
  ({
    keyType: 'secret',
    environment: 'live',
    scopes: ['read'],
    expiresAt: new Date(NOW + 3_600_000).toISOString(),
    ...changes,
  }) as TokenListItem;

describe('a token that the configuration', () => {
  it('would issue today', () => {
    expect(strayReason(POLICY, token(), NOW)).toBeNull();
    expect(strayReason(POLICY, token({ keyType: null, environment: null, scopes: [] }), NOW)).toBeNull();
    expect(strayReason({ ...POLICY, scopes: [] }, token({ scopes: ['any'] }), NOW)).toBeNull();
  });

  it.each<[string, Partial<TokenListItem>, string]>([
    ['has no type for', { keyType: 'old' }, 'key type "old"'],
    ['has no environment for', { environment: 'staging' }, 'environment "staging"'],
    ['has no scope for', { scopes: ['read', 'wirte'] }, 'scope "wirte"'],
    ['would not let live for ever', { expiresAt: null }, 'longer than tokens may'],
    ['would not let live so long', { expiresAt: new Date(NOW + 90_000_000).toISOString() }, 'longer than tokens may'],
  ])('%s', (_case, changes, reason) => {
    expect(strayReason(POLICY, token(changes), NOW)).toContain(reason);
  });
});
