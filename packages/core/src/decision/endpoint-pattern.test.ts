import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEndpointPatterns, parseEndpointPattern } from './endpoint-pattern.ts';

/** UTF-16 units of all kinds: controls, ASCII, beyond, halves of surrogate pairs. */
const anyUnit = fc
  .oneof(fc.integer({ min: 0, max: 0x2ff }), fc.integer({ min: 0xd7f0, max: 0xe010 }))
  .map((code) => String.fromCharCode(code));

function matches(pattern: string, path: string): boolean {
  return compileEndpointPatterns([pattern]).allows('GET', path);
}

/** The rule of the contract, letter by letter and with every choice tried: slow, and obviously right. */
function matchesSlowly(pattern: string, path: string): boolean {
  if (pattern === '') return path === '';
  if (pattern === '*') return true;
  if (pattern[0] !== '*') return pattern[0] === path[0] && path !== '' && matchesSlowly(pattern.slice(1), path.slice(1));
  if (path === '' || path[0] === '/') return false;
  return matchesSlowly(pattern.slice(1), path.slice(1)) || matchesSlowly(pattern, path.slice(1));
}

describe('matches', () => {
  it.each([
    ['/products*', '/products'],
    ['/products*', '/products/123'],
    ['/products*', '/products/meta/brands'],
    ['/stores/*/brands', '/stores/1/brands'],
    ['/a*b*c/x', '/aXbYc/x'],
    ['/a*b*c/x', '/aabbcc/x'],
    ['/v*/*', '/v1/anything/below'],
    ['/v*/*', '/v1/'],
    ['/*', '/'],
    ['*', '/'],
    ['*', '/anything/at/all'],
    ['/a.b+(c)|[d]', '/a.b+(c)|[d]'],
    ['/', '/'],
  ])('%s  ←  %s', (pattern, path) => expect(matches(pattern, path)).toBe(true));
});

describe('does not match', () => {
  it.each([
    ['/products*', '/admin/products'],
    ['/products*', '/Products'],
    ['/products', '/products/'],
    ['/products', '/products/1'],
    ['/stores/*/brands', '/stores/1/brands/9'],
    ['/stores/*/brands', '/stores//brands'],
    ['/stores/*/brands', '/stores/1/2/brands'],
    ['/a*b', '/ab'],
    ['/a*a', '/a'],
    ['/a**', '/a'],
    ['/a.c', '/abc'],
    ['/v*/*', '/v/x'],
  ])('%s  ←  %s', (pattern, path) => expect(matches(pattern, path)).toBe(false));
});

it('agrees with the slow model', () => {
  const part = fc.constantFrom('a', 'b', 'ab', '/', '*', '.');
  const patterns = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('')}`.replace(/\/+/g, '/'));
  const paths = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 10 }).map((parts) => `/${parts.join('')}`);
  fc.assert(
    fc.property(patterns, paths, (pattern, path) => {
      expect(matches(pattern, path)).toBe(matchesSlowly(pattern, path));
    }),
    { numRuns: 5_000 },
  );
});

it('the slow model and the matcher both match often enough for that to mean something', () => {
  const path = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 8 }).map((parts) => `/${parts.join('')}`);
  const cases = fc.sample(path, 300).map((text) => [text.replace(/a[^/]/g, '*'), text] as const);
  const expected = cases.filter(([pattern, text]) => matchesSlowly(pattern, text)).length;
  expect(cases.filter(([pattern, text]) => !pattern.includes('//') && matches(pattern, text)).length).toBeGreaterThan(50);
  expect(expected).toBeGreaterThan(50);
});

it('stays linear where a backtracking matcher would not', () => {
  // 120 wildcards against 2,000 characters: a backtracking matcher would not end within the age of the universe.
  const pattern = `/${'a*'.repeat(120)}b/x`;
  expect(matches(pattern, `/${'a'.repeat(2_000)}/x`)).toBe(false);
});

describe('methods', () => {
  it('are any of the list, or any at all without one', () => {
    const matcher = compileEndpointPatterns(['GET,HEAD /products*', '/stores']);
    expect(matcher.find('HEAD', '/products/1')).toBe('GET,HEAD /products*');
    expect(matcher.find('POST', '/products/1')).toBeNull();
    expect(matcher.find('DELETE', '/stores')).toBe('/stores');
  });

  it('may be written in any case', () => {
    expect(parseEndpointPattern('get,Head /x')).toEqual({
      ok: true,
      pattern: { text: 'get,Head /x', methods: ['GET', 'HEAD'], path: '/x' },
    });
  });
});

describe('a list of patterns', () => {
  it.each([[null], [[]]])('%j allows everything', (patterns) => {
    expect(compileEndpointPatterns(patterns).find('GET', '/x')).toBe('');
  });

  it('answers the first that matches', () => {
    expect(compileEndpointPatterns(['/a', '/*', '*']).find('GET', '/b')).toBe('/*');
  });

  it('never opens more because an entry is broken', () => {
    expect(compileEndpointPatterns(['products', '/a?b']).allows('GET', '/products')).toBe(false);
  });
});

describe('many lists', () => {
  it('are compiled once each where they are the same, and never mixed up, however many there are', () => {
    expect(compileEndpointPatterns(['/a*', '/b'])).toBe(compileEndpointPatterns(['/a*', '/b']));
    const lists = Array.from({ length: 2_500 }, (_, index) => [`/list-${index}`, `GET /only-${index}*`]);
    const matchers = lists.map((list) => compileEndpointPatterns(list));
    for (const [index, matcher] of matchers.entries()) {
      const own = [matcher.allows('POST', `/list-${index}`), matcher.allows('GET', `/only-${index}/x`)];
      const others = [matcher.allows('GET', `/list-${index + 1}`), matcher.allows('POST', `/only-${index}`)];
      expect([own, others]).toEqual([
        [true, true],
        [false, false],
      ]);
    }
    expect(compileEndpointPatterns(lists[7] ?? null).find('GET', '/list-7')).toBe('/list-7');
  });
});

describe('refuses', () => {
  it.each([
    ['products*', 'must start with "/"'],
    ['', 'must start with "/"'],
    ['*/brands', 'must start with "/"'],
    ['/a\tb', 'control characters'],
    ['/a\u0000', 'control characters'],
    ['/a?b=1', 'Leave out "?" and "#"'],
    ['/a#b', 'Leave out "?" and "#"'],
    ['/a//b', 'Leave out one "/"'],
    ['GET, HEAD /a', 'list HTTP methods'],
    ['G€T /a', 'list HTTP methods'],
    [',GET /a', 'list HTTP methods'],
    ['GET ', 'must start with "/"'],
  ])('%j and says what to change', (text, message) => {
    expect(parseEndpointPattern(text)).toEqual({ ok: false, message: expect.stringContaining(message) });
  });

  it('every control character, and takes no other for one', () => {
    const codes = Array.from({ length: 0x102 }, (_, code) => code);
    const refused = codes.filter((code) => {
      const result = parseEndpointPattern(`/a${String.fromCharCode(code)}b`);
      return !result.ok && result.message.includes('control characters');
    });
    expect(refused).toEqual(codes.filter((code) => code < 0x20 || (code > 0x7e && code < 0xa0)));
  });

  it('nothing by throwing', () => {
    fc.assert(fc.property(fc.string({ unit: anyUnit }), (text) => typeof parseEndpointPattern(text).ok === 'boolean'));
  });
});
