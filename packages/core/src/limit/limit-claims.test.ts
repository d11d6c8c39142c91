import { describe, expect, it } from 'vitest';
import { aTokenRecord } from '../testing/token-record.ts';
import { claimsOf } from './limit-claims.ts';
import type { NamedLimit } from './rate-limit.ts';

const MINUTE = { max: 100, windowMs: 60_000, algorithm: 'fixed' } as const;
const burst: NamedLimit = { name: 'burst', max: 10, windowMs: 1_000, algorithm: 'sliding' };
const team: NamedLimit = { name: 'team', max: 500, windowMs: 60_000, algorithm: 'fixed' };

/** What a cluster places a key by: from its first brace to the first one that closes. */
function tagOf(key: string): string {
  const start = key.indexOf('{');
  return key.slice(start, key.indexOf('}', start) + 1);
}

describe('the windows of a token', () => {
  it('are its own by its id', () => {
    const claims = claimsOf(aTokenRecord({ id: 7, rateLimit: MINUTE, limits: [burst] }));
    expect(claims).toEqual([
      { key: '{7}:default', name: 'default', limit: MINUTE },
      { key: '{7}:burst', name: 'burst', limit: { max: 10, windowMs: 1_000, algorithm: 'sliding' } },
    ]);
  });

  it('are none where nothing is limited', () => {
    expect(claimsOf(aTokenRecord({ rateLimit: null }))).toEqual([]);
  });

  it('are shared with all tokens of the owner where it has pools, and with nobody else', () => {
    const pools = { user: [team], '*': [{ ...team, name: 'others' }] };
    const keysOf = (id: number, ownerType: string | null, ownerId: string | null) =>
      claimsOf(aTokenRecord({ id, ownerType, ownerId }), pools).map(({ key }) => key);
    expect(keysOf(1, 'user', '42')).toEqual(['{user:42}:1:default', '{user:42}:pool:team']);
    expect(keysOf(2, 'user', '42')).toEqual(['{user:42}:2:default', '{user:42}:pool:team']);
    expect(keysOf(3, 'user', '4')[1]).toBe('{user:4}:pool:team');
    expect(keysOf(4, 'organization', '42')[1]).toBe('{organization:42}:pool:others');
    expect(keysOf(5, null, null)).toEqual(['{5}:default']);
    expect(keysOf(6, 'constructor', 'x')[1]).toBe('{constructor:x}:pool:others');
  });

  it.each(['42', '{x}', 'a}b', '}', 'ü:/', 'a:pool', '\ud800'])('have one place in a cluster: owner %j', (ownerId) => {
    const keys = claimsOf(aTokenRecord({ ownerType: 'user', ownerId, limits: [burst] }), { user: [team] }).map(({ key }) => key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys.map(tagOf)).size).toBe(1);
    expect(tagOf(keys[0] ?? '').length).toBeGreaterThan(2);
  });
});
