import { expect, test } from 'vitest';
import { listChanges } from './list-changes.ts';

test('each field of either side is listed once, in words', () => {
  expect(listChanges({ rateLimitWindowMs: 60_000, active: true }, { active: false, allowed_endpoints: ['/a', '/b'] })).toEqual([
    { field: 'Rate limit window ms', before: '60000', after: '—' },
    { field: 'Active', before: 'yes', after: 'no' },
    { field: 'Allowed endpoints', before: '—', after: '/a\n/b' },
  ]);
});

test('a creation has no before, a deletion no after', () => {
  expect(listChanges(null, { name: 'ci' })).toEqual([{ field: 'Name', before: '—', after: 'ci' }]);
  expect(listChanges({ name: 'ci' }, null)).toEqual([{ field: 'Name', before: 'ci', after: '—' }]);
});
