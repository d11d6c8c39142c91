import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, textWidth } from './text-width.ts';

describe('textWidth', () => {
  it.each([
    ['plain', 5],
    ['äöü – ••', 8],
    ['日本', 4],
    ['👩‍👩‍👧', 2],
    ['e\u0301', 1],
    ['ｆｕｌｌ', 8],
    ['', 0],
  ])('%s takes %i', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('cutText', () => {
  it('keeps what fits and never cuts a character in two', () => {
    expect(cutText('日本語', 5)).toBe('日本…');
    expect(cutText('日本語', 4)).toBe('日…');
    expect(cutText('fits', 4)).toBe('fits');
    expect(cutText('fits', 0)).toBe('');
  });

  it('is never wider than asked for', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => textWidth(cutText(text, width)) <= width));
  });
});
