import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileEndpointPatterns } from './endpoint-pattern.ts';
import { samplePathOf, suggestPatterns, type UsedEndpoint } from './suggest-patterns.ts';

const used = (...list: string[]): UsedEndpoint[] =>
  list.map((text) => {
    const [method = '', endpoint = ''] = text.split(' ');
    return { method, endpoint };
  });

it.each<[string, string[], string[]]>([
  [
    'exact paths with exactly the methods used',
    ['GET /products', 'HEAD /products', 'POST /stores'],
    ['GET,HEAD /products', 'POST /stores'],
  ],
  ['ids as wildcards', ['GET /stores/:id/brands', 'PUT /stores/:id/brands/:id'], ['GET /stores/*/brands', 'PUT /stores/*/brands/*']],
  ['nothing that another covers already', ['GET /products/:id', 'GET /products/:id/reviews'], ['GET /products/*']],
  ['both where the methods differ', ['GET /products/:id', 'POST /products/:id/reviews'], ['GET /products/*', 'POST /products/*/reviews']],
  ['nothing for nothing', [], []],
  ['nothing for what no pattern can be written for', ['GET (other)', 'GET /a?b'], []],
])('%s', (_name, endpoints, expected) => {
  expect(suggestPatterns(used(...endpoints))).toEqual(expected);
});

it('cuts the longest paths where there would be too many', () => {
  const many = used(...Array.from({ length: 30 }, (_, index) => `GET /catalogue/section${index}`), 'GET /stores');
  expect(suggestPatterns(many, 5)).toEqual(['GET /catalogue/*', 'GET /stores']);
});

it('lets everything through that was used, and never a method that was not', () => {
  const segment = fc.constantFrom('products', 'stores', ':id', 'brands', 'a-b', 'x.y');
  const endpoint = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
  const one = fc.record({ endpoint, method: fc.constantFrom('GET', 'POST', 'DELETE') });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (list, most) => {
      const patterns = suggestPatterns(list, most);
      const matcher = compileEndpointPatterns(patterns);
      const methods = new Set<string>(list.map(({ method }) => method));
      if (list.length > 0) expect(list.every(({ endpoint: path, method }) => matcher.allows(method, samplePathOf(path)))).toBe(true);
      expect(patterns.length).toBeLessThanOrEqual(most);
      expect(patterns.flatMap((pattern) => (pattern.split(' ')[0] ?? '').split(',')).every((method) => methods.has(method))).toBe(true);
    }),
  );
});
