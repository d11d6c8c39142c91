import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { createTokenText, maskToken, parseTokenText, tokenLogForm } from './token-text.ts';

/** UTF-16 units of all kinds: controls, ASCII, beyond, halves of surrogate pairs. */
const anyUnit = fc
  .oneof(fc.integer({ min: 0, max: 0x2ff }), fc.integer({ min: 0xd7f0, max: 0xe010 }))
  .map((code) => String.fromCharCode(code));

const prefixes = fc.constantFrom('lk_live_', 'lk_test_', 'sk_', 'acme2_eu_live_', '', 'MyApp', 'a-b_', '9', '_', 'A'.repeat(32));
const bytes = fc.uint8Array({ minLength: 400, maxLength: 400 }).filter((all) => all.filter((byte) => byte < 248).length > 100);

/** Draws from a list, from its start again when it is used up. */
function drawFrom(source: Uint8Array): (length: number) => Uint8Array {
  let at = 0;
  return (length) => Uint8Array.from({ length }, () => source[at++ % source.length] ?? 0);
}

describe('a new token text', () => {
  it('is prefix, 36 random base62 characters and 6 of checksum', () => {
    expect(createTokenText('lk_live_')).toMatch(/^lk_live_[0-9A-Za-z]{42}$/);
  });

  it('parses to its parts, for any randomness', () => {
    fc.assert(
      fc.property(prefixes, bytes, (prefix, random) => {
        const text = createTokenText(prefix, drawFrom(random));
        const parsed = parseTokenText(text);
        expect(parsed).toMatchObject({ prefix, last4: text.slice(-4) });
        expect(prefix + parsed?.random + parsed?.checksum).toBe(text);
      }),
    );
  });

  it('draws again for bytes that would make some characters likelier', () => {
    const text = createTokenText('lk_live_', drawFrom(Uint8Array.of(255, 248, 0, 250, 61, 62)));
    expect(text.slice(8, 44)).toBe('0z0'.repeat(12));
  });

  it.each(['lk live_', 'lk.', 'é', 'lk\n', 'lk/', `${'a'.repeat(32)}_`])('refuses the prefix %j', (prefix) => {
    expect(() => createTokenText(prefix)).toThrow(RangeError);
  });
});

describe('not a token', () => {
  it('any single character changed', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.constantFrom('0', 'A', 'z', '_', ' ', 'é'), (random, place, character) => {
        const text = createTokenText('lk_live_', drawFrom(random));
        const at = 8 + (place % 42);
        if (text[at] === character) return;
        expect(parseTokenText(text.slice(0, at) + character + text.slice(at + 1))).toBeNull();
      }),
    );
  });

  it('anything cut off, added or put before', () => {
    const text = createTokenText('lk_live_');
    for (const wrong of [text.slice(0, -1), `${text}0`, ` ${text}`, `${text}\n`, text.slice(9), '', 'lk_live_', text.toUpperCase()]) {
      expect(parseTokenText(wrong)).toBeNull();
    }
  });

  it('arbitrary text, without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: anyUnit, maxLength: 80 }), (text) => parseTokenText(text) === null));
  });
});

describe('what is shown', () => {
  it('is the prefix and the last four characters; in a log the beginning, three dots and the end', () => {
    expect(maskToken('lk_live_', 'abc1')).toBe('lk_live_••••abc1');
    const text = createTokenText('lk_test_');
    expect(tokenLogForm(text)).toBe(`lk_test_...${text.slice(-3)}`);
    const short = createTokenText('ak_');
    expect(tokenLogForm(short)).toBe(`${short.slice(0, 8)}...${short.slice(-3)}`);
  });

  it('is nothing of a text that is not a token: it may be a password', () => {
    expect(tokenLogForm('hunter2')).toBe('(not a token)');
  });
});

it('CRC-32 is the one of zlib', () => {
  expect(crc32('')).toBe(0);
  expect(crc32('123456789')).toBe(0xcbf43926);
  expect(crc32('The quick brown fox jumps over the lazy dog')).toBe(0x414fa339);
});
