import { createTokenText } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { findTokens } from './find-tokens.ts';

const token = createTokenText('lk_live_');
const masked = `lk_live_••••${token.slice(-4)}`;

describe('findTokens', () => {
  it.each([
    ['alone', token],
    ['in a header', `Authorization: Bearer ${token}`],
    ['in a query', `GET /products?key=${token}&page=2`],
    ['in quotes', `KEY="${token}"`],
    ['percent-encoded', `?next=%2F%3Fkey%3D${token}`],
    ['behind capitals', `MY_KEY_${token}`],
    ['in a line that ends with CR', `${token}\r`],
  ])('finds one %s, masked', (_case, text) => {
    expect(findTokens(`first\n${text}`)).toEqual([{ line: 2, valid: true, shown: masked }]);
  });

  it('finds several in a line', () => {
    expect(findTokens(`${token},${createTokenText('sk_test_')}`)).toHaveLength(2);
  });

  it.each([
    ['with another last character', `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`],
    ['that is too short', token.slice(0, -1)],
    ['that goes on', `${token}0`],
    ['without a prefix', token.slice('lk_live_'.length)],
  ])('passes over a text %s', (_case, text) => {
    expect(findTokens(text)).toEqual([]);
  });

  it('takes a long line without a pause', () => {
    const started = performance.now();
    expect(findTokens(`${'a_'.repeat(2_000_000)}\n${'a'.repeat(4_000_000)}`)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
