import { describe, expect, it } from 'vitest';
import { resolveCarelessly } from './path-tricks.ts';

describe('a careless upstream', () => {
  it.each([
    ['/products/../stores', '/stores'],
    ['/products/%2e%2e/stores', '/stores'],
    ['/products/%252e%252E/stores', '/stores'],
    ['/products%252f..%5cstores', '/stores'],
    ['/products/..;x=1/stores', '/stores'],
    ['/products\\..\\stores', '/stores'],
    ['/stores%00/products', '/stores'],
    ['http://a.test/products/../stores?x', '/stores'],
    ['/products//7/./?/../..', '/products/7'],
    ['/products/%c0%ae%c0%ae/stores', '/products/\ufffd\ufffd\ufffd\ufffd/stores'],
    ['/products/%25252e', '/products/%2e'],
  ])('that is asked for %s goes to %s', (target, reached) => {
    expect(resolveCarelessly(target)).toBe(reached);
  });
});
