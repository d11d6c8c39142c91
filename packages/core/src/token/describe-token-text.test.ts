import { describe, expect, it } from 'vitest';
import { describeTokenText, tokenPattern } from './describe-token-text.ts';
import { createTokenText } from './token-text.ts';

const text = createTokenText('lk_live_');

describe('what a text says of itself', () => {
  it('a token is told by its prefix and checksum, blanks around it aside', () => {
    expect(describeTokenText(` ${text}\n`)).toEqual({ kind: 'token', prefix: 'lk_live_', last4: text.slice(-4) });
  });

  it('a mistyped token is told from what is no token at all', () => {
    const other = text[20] === 'a' ? 'b' : 'a';
    expect(describeTokenText(text.slice(0, 20) + other + text.slice(21)).kind).toBe('checksum');
    expect(describeTokenText(text.slice(0, -1)).kind).toBe('shape');
    expect(describeTokenText('').kind).toBe('shape');
  });

  it('repeats nothing of what it was given', () => {
    const description = describeTokenText(`${text.slice(0, -2)}__`);
    expect(JSON.stringify(description)).not.toContain(text.slice(8, 20));
  });

  it('takes no longer for a text made to be slow', () => {
    expect(describeTokenText(`${'a_'.repeat(100_000)}!`).kind).toBe('shape');
  });
});

describe('the pattern for scanners', () => {
  it('finds every token in a line of text, and nothing shorter', () => {
    const line = `export KEY="${text}" # ${createTokenText('sk_test_')} lk_live_short`;
    expect(line.match(new RegExp(tokenPattern(), 'g'))).toHaveLength(2);
    expect(line.match(new RegExp(tokenPattern(['lk_live_', 'lk_test_']), 'g'))).toEqual([text]);
  });
});
