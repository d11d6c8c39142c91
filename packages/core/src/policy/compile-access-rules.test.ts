import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEndpointPatterns } from '../decision/endpoint-pattern.ts';
import type { AccessRule } from './access-rule.ts';
import { compileAccessRules } from './compile-access-rules.ts';

function aRule(changes: Partial<AccessRule>): AccessRule {
  return { endpoint: '*', scopes: [], permissions: null, cost: 1, ...changes };
}

describe('the rules that match a request', () => {
  it('ask for nothing and cost 1 where there are none', () => {
    expect(compileAccessRules([]).find('GET', '/products')).toEqual({ scopes: [], permissions: null, cost: 1 });
    const rules = compileAccessRules([aRule({ endpoint: 'POST /products', scopes: ['write'], cost: 5 })]);
    expect(rules.find('GET', '/products')).toEqual({ scopes: [], permissions: null, cost: 1 });
  });

  it('are all needed together, and the highest cost counts', () => {
    const rules = compileAccessRules([
      aRule({ endpoint: 'POST,PUT /products*', scopes: ['write'], permissions: { files: ['read'] }, cost: 3 }),
      aRule({ endpoint: '/products*', scopes: ['read', 'write'], permissions: { files: ['read', 'write'] }, cost: 10 }),
      aRule({ endpoint: '/stores', scopes: ['stores'], cost: 99 }),
    ]);
    const demand = { scopes: ['write', 'read'], permissions: { files: ['read', 'write'] }, cost: 10 };
    expect(rules.find('POST', '/products/7')).toEqual(demand);
    expect(rules.find('GET', '/products/7')).toEqual({ ...demand, scopes: ['read', 'write'] });
  });

  it('are put together once: a repeated request allocates nothing', () => {
    const rules = compileAccessRules([aRule({ scopes: ['a'] }), aRule({ endpoint: '/products', scopes: ['b'] })]);
    expect(rules.find('GET', '/products')).toBe(rules.find('POST', '/products'));
  });

  it('can be listed as they are written', () => {
    const rules = [aRule({ endpoint: 'POST /products' }), aRule({ endpoint: '/products', cost: 2 }), aRule({})];
    expect(compileAccessRules(rules).list('GET', '/products')).toEqual([rules[1], rules[2]]);
  });

  it('agree with looking at each rule by itself', () => {
    const endpoints = fc.constantFrom('*', '/a', '/a*', '/a/*', '/*/b', 'POST /a*', 'GET,HEAD *');
    const anyRule = fc.record({
      endpoint: endpoints,
      scopes: fc.uniqueArray(fc.constantFrom('r', 'w', 'x')),
      permissions: fc.constantFrom(null, { files: ['read'] }, { constructor: ['call'], files: ['write'] }),
      cost: fc.integer({ min: 1, max: 9 }),
    });
    const requests = fc.array(fc.tuple(fc.constantFrom('GET', 'POST'), fc.constantFrom('/a', '/a/b', '/c/b', '/d')), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), requests, (rules, all) => {
        const matcher = compileAccessRules(rules);
        for (const [method, path] of all) {
          const matching = rules.filter((rule) => compileEndpointPatterns([rule.endpoint]).allows(method, path));
          const demand = matcher.find(method, path);
          expect(demand.cost).toBe(Math.max(1, ...matching.map(({ cost }) => cost)));
          expect(demand.scopes.toSorted()).toEqual([...new Set(matching.flatMap(({ scopes }) => scopes))].toSorted());
          const actions = new Set(matching.flatMap(({ permissions }) => permissions?.files ?? []));
          expect(new Set(demand.permissions?.files ?? [])).toEqual(actions);
        }
      }),
    );
  });
});

describe('refused at start is', () => {
  it.each([
    [{ endpoint: 'products' }, 'must start with "/"'],
    [{ cost: 0 }, 'whole number from 1'],
    [{ cost: 1.5 }, 'whole number from 1'],
    [{ cost: Number.POSITIVE_INFINITY }, 'whole number from 1'],
  ])('a rule with %j, saying what to change', (changes, message) => {
    expect(() => compileAccessRules([aRule(changes)])).toThrow(message);
  });
});
