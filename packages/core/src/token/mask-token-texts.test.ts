import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskTokenTexts } from './mask-token-texts.ts';
import { createTokenText } from './token-text.ts';

const text = createTokenText('lk_live_');
const bare = text.slice('lk_live_'.length);
const end = text.slice(-3);

test.each([
  [text, `lk_live_...${end}`],
  [`/files/${text}/parts`, `/files/lk_live_...${end}/parts`],
  [`/files/${bare}.json`, `/files/...${end}.json`],
  [`curl/8 (${text}; ${text})`, `curl/8 (lk_live_...${end}; lk_live_...${end})`],
  [`lk_live_${bare}rest`, `lk_live_...${end}rest`],
  [`key${bare} rest`, `key...${end} rest`],
  [`${bare}${bare}`, `...${end}...${end}`],
])('of the text of a token only its ends are left: %s', (sent, kept) => expect(maskTokenTexts(sent)).toBe(kept));

test.each([
  '',
  '/products/42',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36',
  `/digests/${'0123456789abcdef'.repeat(4)}`,
  `/files/${text.slice(0, -1)}`,
  `/files/${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`,
])('anything else stays as it is: %s', (sent) => expect(maskTokenTexts(sent)).toBe(sent));

test('wherever a text stands between other characters, it is gone, and they are there', () => {
  const other = fc.string({ maxLength: 100 }).filter((each) => !/[0-9A-Za-z]{42}/.test(each));
  fc.assert(
    fc.property(other, other, (before, after) => {
      expect(maskTokenTexts(`${before}/${text}/${after}`)).toBe(`${before}/lk_live_...${end}/${after}`);
    }),
  );
});
