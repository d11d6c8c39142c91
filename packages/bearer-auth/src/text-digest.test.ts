import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextDigester, type TextDigest } from './text-digest.ts';

const latin = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 512 });
const lanesOf = ({ first, second, third, fourth }: TextDigest) => [first, second, third, fourth];

test('the same text has the same digest, and another under other keys', () => {
  const [digest, other] = [createTextDigester(), createTextDigester()];
  fc.assert(
    fc.property(latin, (text) => {
      expect(digest(text)).toEqual(digest(text));
      if (text !== '') expect(digest(text)).not.toEqual(other(text));
    }),
  );
});

test('texts that differ little differ in every one of the four hashes', () => {
  const digest = createTextDigester();
  const text = 'lk_live_0123456789abcdefghijklmnopqrstuvwxyzABCDEF';
  const variants = Array.from(text, (_, index) => `${text.slice(0, index)}!${text.slice(index + 1)}`);
  const texts = [text, ...variants, `${text}\0`, `\0${text}`, text.slice(1), text.slice(0, -1), `${text}${text}`, ''];
  for (const lane of [0, 1, 2, 3]) expect(new Set(texts.map((each) => lanesOf(digest(each) as TextDigest)[lane])).size).toBe(texts.length);
});

test('over random keys no pair of texts meets in one hash more often than promised', () => {
  // The worst that two codes can do: they are 2⁷ apart, so that 2⁻²⁵ of all keys hash them alike. Eight thousand hashes meet once in 4,000 runs.
  const worst = [String.fromCharCode(0), String.fromCharCode(128)] as const;
  let met = 0;
  for (let draw = 0; draw < 2_000; draw++) {
    const digest = createTextDigester();
    const [a, b] = worst.map((text) => lanesOf(digest(text) as TextDigest)) as [number[], number[]];
    met += a.filter((hash, lane) => hash === b[lane]).length;
  }
  expect(met).toBeLessThanOrEqual(1);
});

test('what can not be a token has none', () => {
  const digest = createTextDigester();
  expect(digest('x'.repeat(512))).not.toBeNull();
  for (const text of ['x'.repeat(513), 'lk_live_€', 'Ā', '😀']) expect(digest(text)).toBeNull();
});
