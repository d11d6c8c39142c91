import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequestPath } from './canonical-path.ts';

describe('accepted', () => {
  it.each([
    ['/', '/', '', '/'],
    ['/products', '/products', '', '/products'],
    ['/products/', '/products/', '', '/products/'],
    ['/products?a=1&b=/../x%2f//', '/products', '?a=1&b=/../x%2f//', '/products'],
    ['/bl%C3%A5%20b%c3%a6r', '/bl%C3%A5%20b%c3%a6r', '', '/blå bær'],
    ['/a%2541%25', '/a%2541%25', '', '/a%41%'],
    ['/v1%252e2', '/v1%252e2', '', '/v1%2e2'],
    ['/.well-known/x..y/...', '/.well-known/x..y/...', '', '/.well-known/x..y/...'],
    ['/a;v=1/b', '/a;v=1/b', '', '/a;v=1/b'],
    ['/a%3Fb%23', '/a%3Fb%23', '', '/a?b#'],
  ])('%s', (target, path, search, decoded) => {
    expect(parseRequestPath(target)).toEqual({ ok: true, path, search, decoded });
  });
});

describe('refused', () => {
  it.each([
    ['nothing', ''],
    ['no slash', 'products'],
    ['absolute form', 'http://shop/products'],
    ['asterisk form', '*'],
    ['parent', '/a/../b'],
    ['parent at the end', '/a/..'],
    ['current', '/./a'],
    ['encoded parent', '/a/%2e%2E/b'],
    ['half-encoded parent', '/a/.%2e/b'],
    ['encoded current', '/%2e/a'],
    ['parent with parameters', '/a/..;x=1/b'],
    ['parent with encoded parameters', '/a/..%3b/b'],
    ['double slash', '/a//b'],
    ['double slash first', '//evil/a'],
    ['encoded slash', '/a%2Fb'],
    ['slash encoded twice', '/a%252fb'],
    ['backslash encoded twice', '/a%255cb'],
    ['NUL encoded twice', '/a%2500'],
    ['parent encoded twice', '/a/%252e%252E/b'],
    ['parent encoded once and twice', '/a/%2e%252e/b'],
    ['encoded backslash', '/a%5cb'],
    ['backslash', '/a\\b'],
    ['NUL', '/a%00'],
    ['line break', '/a%0D%0Ab'],
    ['DEL', '/a%7f'],
    ['C1 control', '/a%C2%85'],
    ['raw control', '/a\u0001'],
    ['raw space', '/a b'],
    ['raw non-ASCII', '/blå'],
    ['fragment', '/a#b'],
    ['broken escape', '/a%'],
    ['half an escape', '/a%4'],
    ['no hexadecimal', '/a%zz'],
    ['not UTF-8', '/a%ff'],
    ['overlong slash', '/a%c0%af'],
    ['encoded surrogate', '/a%ed%a0%80'],
    ['control in the query', '/a?b\u0000'],
    ['line break in the query', '/a?b\r\nX: y'],
  ])('%s', (_name, target) => {
    expect(parseRequestPath(target)).toEqual({ ok: false });
  });
});

/** UTF-16 units of all kinds: controls, ASCII, beyond, halves of surrogate pairs. */
const anyUnit = fc
  .oneof(fc.integer({ min: 0, max: 0x2ff }), fc.integer({ min: 0xd7f0, max: 0xe010 }))
  .map((code) => String.fromCharCode(code));

const target = fc
  .array(
    fc.oneof(
      fc.constantFrom('/', '.', '..', '%2e', '%2f', '%', '%5c', '%00', 'a', '?', '\\', ';', '%c3%a5', '#'),
      fc.string({ unit: anyUnit, maxLength: 2 }),
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => `/${parts.join('')}`);

describe('whatever is asked for', () => {
  it('an accepted path has no segment, slash or character that a next hop could read differently', () => {
    fc.assert(
      fc.property(target, (text) => {
        const result = parseRequestPath(text);
        if (!result.ok) return;
        const segments = result.decoded.split('/').map((segment) => segment.split(';')[0]);
        expect(segments).not.toContain('.');
        expect(segments).not.toContain('..');
        expect(result.decoded).not.toMatch(/\/\/|\\|\p{Cc}/u);
        expect(result.path).toMatch(/^\/[!-~]*$/);
        expect(result.decoded.split('/')).toHaveLength(result.path.split('/').length);
      }),
      { numRuns: 5_000 },
    );
  });

  it('an ordinary path is judged as one that has to be looked into', () => {
    const units = fc.constantFrom('/', '/', '.', 'a', '7', '-', ';', '~', '%41', '\\', ' ', '\u0080', '\u0141');
    fc.assert(
      fc.property(fc.array(units, { maxLength: 12 }), (parts) => {
        const path = `/${parts.join('')}`;
        const plain = parseRequestPath(path);
        // An escaped letter in a segment of its own sends it the long way, and changes nothing else.
        const long = parseRequestPath(`/%61${path}`);
        expect(long.ok).toBe(plain.ok);
        if (plain.ok && long.ok) expect(long.decoded).toBe(`/a${plain.decoded}`);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(Array.from({ length: 0x102 }, (_, code) => code))(
    'a query is refused for a blank, a control or "#", and for nothing else: %i',
    (code) => {
      const isFault = code <= 0x20 || code === 0x7f || String.fromCharCode(code) === '#';
      expect(parseRequestPath(`/a?b${String.fromCharCode(code)}c`).ok).toBe(!isFault);
    },
  );

  it('an accepted target is passed on as it came, and a URL parser agrees with it', () => {
    fc.assert(
      fc.property(target, (text) => {
        const result = parseRequestPath(text);
        if (!result.ok) return;
        expect(result.path + result.search).toBe(text);
        expect(decodeURIComponent(new URL(result.path, 'http://shop').pathname)).toBe(result.decoded);
      }),
      { numRuns: 5_000 },
    );
  });

  it('every canonical path is accepted', () => {
    const segment = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/[/\\\p{Cc}\p{Cs}]|^\.{1,2}(;|$)/u.test(text));
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (segments) => {
        const path = `/${segments.map(encodeURIComponent).join('/')}`;
        expect(parseRequestPath(path)).toMatchObject({ ok: true, decoded: `/${segments.join('/')}` });
      }),
    );
  });
});
