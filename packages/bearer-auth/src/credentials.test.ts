import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCredential, withoutQueryToken } from './credentials.ts';

function find(headers: readonly string[], search = '', queryParameter: string | null = null) {
  return findCredential(headers, search, queryParameter);
}

const NONE = { kind: 'none' };
const token = (text: string) => ({ kind: 'token', text });

describe('the candidate', () => {
  it.each<[string, string[], unknown]>([
    ['Bearer', ['Authorization', 'Bearer abc'], token('abc')],
    ['any case, any number of spaces', ['aUTHORIZATION', 'BEARER    abc'], token('abc')],
    ['a text with a space in it stays one text', ['Authorization', 'Bearer abc def'], token('abc def')],
    ['Bearer before X-API-Key, wherever it stands', ['X-API-Key', 'k', 'Authorization', 'Bearer abc'], token('abc')],
    ['X-API-Key alone', ['x-api-key', 'k'], token('k')],
    ['X-API-Key beside another scheme', ['Authorization', 'Basic dTpw', 'X-API-Key', 'k'], token('k')],
    ['X-API-Key beside an empty Bearer', ['Authorization', 'Bearer  ', 'X-API-Key', 'k'], token('k')],
    ['several X-API-Key lines are one value', ['X-API-Key', 'a', 'X-API-Key', 'b'], token('a, b')],
    ['a bare value', ['Authorization', 'abc'], token('abc')],
    ['X-API-Key before a bare value', ['Authorization', 'abc', 'X-API-Key', 'k'], token('k')],
    ['another scheme', ['Authorization', 'Basic dTpw'], NONE],
    ['a scheme that only begins like it', ['Authorization', 'Bearerx abc'], NONE],
    ['an empty Bearer', ['Authorization', 'bearer'], NONE],
    ['empty values', ['Authorization', '', 'X-API-Key', ''], NONE],
    ['nothing', ['Host', 'shop', 'Cookie', 'Authorization=Bearer abc'], NONE],
  ])('%s', (_name, headers, expected) => expect(find(headers)).toEqual(expected));

  it('two Authorization lines are refused, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.tuple(fc.constantFrom('Host', 'X-API-Key'), fc.string())), (a, b, others) => {
        expect(find(['authorization', a, ...others.flat(), 'Authorization', b])).toEqual({ kind: 'duplicate' });
      }),
    );
  });

  it('is exactly what was sent after the scheme', () => {
    const scheme = fc.mixedCase(fc.constant('bearer'));
    const spaces = fc.integer({ min: 1, max: 5 }).map((count) => ' '.repeat(count));
    const text = fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/);
    const noise = fc.array(fc.tuple(fc.constantFrom('Host', 'Accept', 'X-API-Keys', 'Proxy-Authorization'), fc.string()));
    fc.assert(
      fc.property(scheme, spaces, text, noise, (word, gap, sent, others) => {
        expect(find([...others.flat(), 'Authorization', word + gap + sent])).toEqual(token(sent));
      }),
    );
  });
});

describe('a query parameter', () => {
  it('counts only where it is configured, and last', () => {
    expect(find([], '?api_key=abc')).toEqual(NONE);
    expect(find([], '?a=1&api_key=a%62c', 'api_key')).toEqual(token('abc'));
    expect(find(['X-API-Key', 'k'], '?api_key=abc', 'api_key')).toEqual(token('k'));
    expect(find([], '?api_key=', 'api_key')).toEqual(NONE);
  });

  it('is taken out, however it is written, and nothing else changes', () => {
    expect(withoutQueryToken('?a=%20&api_key=x&b=2&api%5Fkey=y', 'api_key')).toBe('?a=%20&b=2');
    expect(withoutQueryToken('?api_key=x', 'api_key')).toBe('');
    expect(withoutQueryToken('', 'api_key')).toBe('');
    expect(withoutQueryToken('?a=1&&b', 'api_key')).toBe('?a=1&&b');
  });

  it('leaves no trace of the token behind', () => {
    const name = fc.constantFrom('api_key', 'api%5fkey', 'a', 'b', 'API_KEY');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constantFrom('', 'x', '%26'))), (pairs) => {
        const search = pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${key}=${value}`).join('&')}`;
        expect(new URLSearchParams(withoutQueryToken(search, 'api_key')).has('api_key')).toBe(false);
      }),
    );
  });
});
