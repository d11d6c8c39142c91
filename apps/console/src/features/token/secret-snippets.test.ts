import { expect, it } from 'vitest';
import { exampleEndpoint, secretSnippets } from './secret-snippets.ts';

it('every snippet carries the secret, and all but .env the address', () => {
  const snippets = secretSnippets('lk_live_secret', 'https://keys.example/api/products');
  expect(snippets.map(({ id }) => id)).toEqual(['curl', 'env', 'javascript', 'python']);
  for (const { id, code } of snippets) {
    expect(code).toContain('lk_live_secret');
    if (id !== 'env') expect(code).toContain('https://keys.example/api/products');
  }
});

it.each([
  [null, '/api/products'],
  [[], '/api/products'],
  [['*'], '/api/products'],
  [['/products*'], '/api/products'],
  [['GET,HEAD /stores/*/brands'], '/api/stores/1/brands'],
  [['/*'], '/api/products'],
])('the example for %j is an address the token may call', (patterns, path) => {
  expect(exampleEndpoint('https://keys.example', patterns)).toBe(`https://keys.example${path}`);
});
