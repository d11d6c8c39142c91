import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, toSafeJson } from './escape-text.ts';

const DANGEROUS = /\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('\u001b', '\u009b', '\u007f', '\u202e', '\u2028', '\ud800', '\0'), fc.string({ unit: 'binary' })),
});

describe('escapeText', () => {
  it('makes controls and turns of direction visible, and leaves other text alone', () => {
    expect(escapeText('a\u001b[31mb\tc\nd\u009be\u202ef')).toBe('a\\x1b[31mb\\x09c\\x0ad\\x9be\\u202ef');
    expect(escapeText('Zoë 日本 👩‍👩‍👧')).toBe('Zoë 日本 👩‍👩‍👧');
  });

  it('lets nothing through that a terminal would obey', () => {
    fc.assert(fc.property(anyText, (text) => !DANGEROUS.test(escapeText(text)) && escapeText(text).isWellFormed()));
  });
});

describe('toSafeJson', () => {
  it('parses to the same value, and lets nothing through that a terminal would obey', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = toSafeJson({ [text]: text });
        expect(JSON.parse(json)).toEqual({ [text]: text });
        return !DANGEROUS.test(json);
      }),
    );
  });
});
