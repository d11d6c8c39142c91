import { describe, expect, it } from 'vitest';
import { describeEffective, describeSilent } from './describe-effective.ts';

const NOW = Date.parse('2026-11-27T12:00:00.000Z');
const silent = (name: string, seenAt = '2026-11-27T11:59:20.000Z') => ({ name, host: 'machine', seenAt });
const effective = (changes: object = {}) => ({ gateways: 3, acknowledged: 3, ms: 41, silent: [], ...changes });
const plain = (text: string | null) => text?.replace(/[\u2066-\u2069]/g, '');

describe('where a change is in force', () => {
  it.each([
    [{}, 'Effective on 3 of 3 gateways in 41 ms.'],
    [{ gateways: 1, acknowledged: 1, ms: 3 }, 'Effective on 1 of 1 gateway in 3 ms.'],
    [{ acknowledged: 2, ms: 1_004 }, 'Effective on 2 of 3 gateways in 1 s.'],
  ])('%j', (changes, text) => {
    expect(describeEffective(effective(changes))).toBe(text);
  });

  it('names who is silent, three of them at most', () => {
    expect(describeSilent(effective(), NOW)).toBeNull();
    expect(plain(describeSilent(effective({ silent: [silent('a')] }), NOW))).toBe(
      'a (last seen 40 s ago) is silent and may still use the older state.',
    );
    expect(plain(describeSilent(effective({ silent: ['a', 'b'].map((name) => silent(name)) }), NOW))).toBe(
      'a (last seen 40 s ago) and b (last seen 40 s ago) are silent and may still use the older state.',
    );
    expect(plain(describeSilent(effective({ silent: ['a', 'b', 'c', 'd', 'e'].map((name) => silent(name)) }), NOW))).toContain(
      'c (last seen 40 s ago) and 2 more are silent',
    );
  });
});
