import { describe, expect, it } from 'vitest';
import { formatSort, PAGE_SIZE, parseSort, parseStatus, readTokensSearch, toListInput } from './tokens-search.ts';

describe('the view in the URL', () => {
  it('is read', () => {
    const search = readTokensSearch({ q: 'ci', status: 'active,disabled', sort: '-last_used_at', page: 3 });
    expect(toListInput(search)).toEqual({
      limit: PAGE_SIZE,
      offset: 2 * PAGE_SIZE,
      sort: 'last_used_at',
      order: 'desc',
      q: 'ci',
      status: ['active', 'disabled'],
    });
  });
  it('falls back where it makes no sense', () => {
    const search = readTokensSearch({ q: {}, status: 7, sort: 'secret', page: -1 });
    expect(toListInput(search)).toEqual({ limit: PAGE_SIZE, offset: 0, sort: 'created_at', order: 'desc' });
    expect(parseStatus('active,gone')).toEqual(['active']);
  });
  it('keeps a number that was searched for as text', () => expect(readTokensSearch({ q: 42 }).q).toBe('42'));
  it('never holds a secret', () => {
    expect(readTokensSearch({ q: `lk_live_${'a1'.repeat(21)}` }).q).toBeUndefined();
  });
});

it('a sort order goes into the URL and comes back, the default as nothing', () => {
  expect(formatSort({ id: 'created_at', order: 'desc' })).toBeUndefined();
  for (const sort of [
    { id: 'name', order: 'asc' },
    { id: 'requests_24h', order: 'desc' },
  ] as const) {
    expect(parseSort(formatSort(sort))).toEqual(sort);
  }
});
