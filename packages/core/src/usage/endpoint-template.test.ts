import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenText } from '../token/token-text.ts';
import { endpointTemplate } from './endpoint-template.ts';

it('the text of a token is in none, also where it is no segment of its own', () => {
  const text = createTokenText('lk_live_');
  expect(endpointTemplate(`/files/${text}.json/42`)).toBe(`/files/lk_live_...${text.slice(-3)}.json/:id`);
});

describe('becomes :id', () => {
  it.each([
    ['/products/42', '/products/:id'],
    ['/stores/1/brands/9', '/stores/:id/brands/:id'],
    ['/orders/0b8a9d3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b', '/orders/:id'],
    ['/orders/507f1f77bcf86cd799439011', '/orders/:id'],
    ['/u/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/u/:id'],
    ['/u/cjld2cjxh0000qzrmn831i7rn', '/u/:id'],
    ['/files/42/', '/files/:id/'],
  ])('%s → %s', (path, template) => expect(endpointTemplate(path)).toBe(template));
});

describe('stays', () => {
  it.each([
    '/',
    '/products',
    '/products/meta/brands',
    '/v2/products',
    '/summer-sale-2026-overview',
    '/internationalization-settings',
    '/a1b2',
    '/deadbeefdeadbeef/x',
  ])('%s', (path) => expect(endpointTemplate(path)).toBe(path));
});

it('is what comes of looking at every segment on its own, whatever the path', () => {
  const segment = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'f', '7', '-', '_', 'é', '%'), maxLength: 40 }),
    fc.uuid(),
    fc.constantFrom('products', '42', 'deadbeef-dead-beef-dead-beefdeadbeef', 'deadbeefdeadbee1', 'cjld2cjxh0000qzrmn831i7rn'),
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
      const each = segments.map((text) => endpointTemplate(`/${text}`).slice(1));
      expect(endpointTemplate(`/${segments.join('/')}`)).toBe(`/${each.join('/')}`.slice(0, 255));
    }),
  );
});

it('is at most 255 characters and well-formed, whatever the path, and a template of itself', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '7', '-', 'é', '😀'), maxLength: 90 }), { maxLength: 8 }), (segments) => {
      const template = endpointTemplate(`/${segments.join('/')}`);
      expect(template.length).toBeLessThanOrEqual(255);
      expect(template.isWellFormed()).toBe(true);
    }),
  );
});
