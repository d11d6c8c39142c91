import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTokenText } from '../token/token-text.ts';
import { createTokenTextFinder, findTokenTexts } from './token-text-finder.ts';

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('finds', () => {
  test.each(['lk_live_', 'acme_prod_', ''])('the text of a new token with the prefix "%s", whatever stands around it', (prefix) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (before, after) => {
        const text = createTokenText(prefix);
        const at = before.length + prefix.length;
        expect(findTokenTexts(Uint8Array.of(...before, ...bytesOf(text), ...after)).map((found) => found.at)).toEqual([at]);
      }),
    );
  });

  test('it inside a longer run of letters and digits, and every one of several', () => {
    const [one, two] = [createTokenText(''), createTokenText('')];
    expect(findTokenTexts(`g${one}x7${two}`).map(({ at }) => at)).toEqual([1, 45]);
  });

  test('it once, wherever the bytes are cut', () => {
    const all = bytesOf(`${'\0'.repeat(100)}{"token":"${createTokenText('lk_live_')}"}${'\0'.repeat(100)}`);
    for (let cut = 0; cut <= all.length; cut++) {
      const finder = createTokenTextFinder();
      const found = [all.subarray(0, cut), all.subarray(cut)].flatMap((part) => finder.push(part));
      expect(found).toEqual([{ at: 118, isViewable: false }]);
      expect(finder.bytes).toBe(all.length);
    }
    const finder = createTokenTextFinder();
    expect([...all].flatMap((byte) => finder.push(Uint8Array.of(byte)))).toHaveLength(1);
  });

  test('and tells the text of a public key type from others, also after the length that PostgreSQL writes before it', () => {
    const content = ['gpk_live_', '"pk_test_', 'lk_live_', 'pk_', ''].map((prefix) => `${prefix}${createTokenText('')}`).join('\0');
    expect(findTokenTexts(content).map(({ isViewable }) => isViewable)).toEqual([true, true, false, false, false]);
  });
});

describe('passes over', () => {
  test('a wrong character anywhere in the text, its last ones cut off, and its halves', () => {
    const text = createTokenText('');
    for (let index = 0; index < text.length; index++) {
      const wrong = text[index] === 'x' ? 'y' : 'x';
      expect(findTokenTexts(`${text.slice(0, index)}${wrong}${text.slice(index + 1)}`)).toEqual([]);
    }
    expect(findTokenTexts(`lk_live_${text.slice(0, -1)} ${text.slice(21)}`)).toEqual([]);
  });

  test('half a million runs of random letters and digits, and digests in hexadecimal', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const random = Uint8Array.from({ length: 500_000 }, () => alphabet.charCodeAt(Math.random() * alphabet.length));
    expect(findTokenTexts(random)).toEqual([]);
    expect(findTokenTexts(random.map((byte) => '0123456789abcdef'.charCodeAt(byte % 16)))).toEqual([]);
  });
});
