import { describe, expect, it } from 'vitest';
import { coverageOf, requestPath, tryRequest } from './try-request.ts';

describe('a request is tried against patterns', () => {
  const patterns = ['GET /products*', '/stores/*/brands'];

  it('allowed, naming the pattern', () => {
    expect(tryRequest(patterns, 'GET', '/products/42')).toEqual({ kind: 'allowed', path: '/products/42', pattern: 'GET /products*' });
    expect(tryRequest(patterns, 'POST', '/stores/1/brands')).toMatchObject({ kind: 'allowed', pattern: '/stores/*/brands' });
  });
  it('refused', () => {
    expect(tryRequest(patterns, 'POST', '/products/42')).toEqual({ kind: 'refused', path: '/products/42' });
    expect(tryRequest(patterns, 'GET', '/stores/1/brands/9').kind).toBe('refused');
  });
  it('allowed without patterns', () => {
    expect(tryRequest([], 'DELETE', '/anything')).toEqual({ kind: 'allowed', path: '/anything', pattern: null });
  });
  it('incomplete until there is a path', () => expect(tryRequest(patterns, 'GET', '  ').kind).toBe('incomplete'));
  it('a pattern that is not valid decides nothing', () => {
    expect(tryRequest(['', 'products', '/stores'], 'GET', '/stores')).toMatchObject({ kind: 'allowed', pattern: '/stores' });
  });
});

describe('the path inside what was pasted', () => {
  it.each([
    ['/products', '/products'],
    ['/api/products?store_id=1', '/products'],
    ['https://example.com/api/products/1#top', '/products/1'],
    ['/caf%C3%A9', '/café'],
    ['/apiary', '/apiary'],
  ])('%s is %s', (address, path) => expect(requestPath(address)).toBe(path));
  it.each(['', 'products', 'https://example.com', '/%E0%A4%A'])('%j holds none', (address) => expect(requestPath(address)).toBeNull());
});

it('coverage names what each pattern lets through, and what none does', () => {
  const known = [
    { method: 'GET', endpoint: '/products', requests: 10 },
    { method: 'GET', endpoint: '/products/:id', requests: 5 },
    { method: 'POST', endpoint: '/orders', requests: 1 },
  ];
  const coverage = coverageOf(['/products*', '/nothing', 'broken'], known);
  expect(coverage.perPattern.map((covered) => covered?.length ?? null)).toEqual([2, 0, null]);
  expect(coverage.refused.map(({ endpoint }) => endpoint)).toEqual(['/orders']);
});
