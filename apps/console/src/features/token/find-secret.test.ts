import { describe, expect, it } from 'vitest';
import { findSecret } from './find-secret.ts';

const secret = `lk_live_${'a1B2c3'.repeat(7)}`;

describe('a secret is recognised', () => {
  it.each([
    ['alone', secret],
    ['with white space', `  ${secret}\n`],
    ['in a header', `Authorization: Bearer ${secret}`],
    ['in an export line', `export LATCHKEY_TOKEN="${secret}"`],
  ])('%s', (_name, text) => expect(findSecret(text)).toBe(secret));

  it('when it was copied only in part', () => expect(findSecret(secret.slice(0, 20))).toBe(secret.slice(0, 20)));
  it.each([
    ['of a key type', `sk_live_${'a1B2c3'.repeat(7)}`],
    ['of another system', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ['in three parts', `v2.${'a1B2c3'.repeat(7)}.x-y`],
    ['in hexadecimal', '0123456789abcdef0123456789abcdef'],
  ])('%s', (_name, text) => expect(findSecret(`key: "${text}"`)).toBe(text));
  it('in the test environment', () => expect(findSecret('lk_test_abcdefgh12')).toBe('lk_test_abcdefgh12'));
});

describe('an ordinary search is left alone', () => {
  it.each([
    '',
    'ci-deploy',
    '42',
    'lk_live_',
    'lk_live_ab',
    'abc1',
    'lk_live_••••abc1',
    'sk_live_abcdefghijkl',
    '01hxyzabcdefghjkmnpqrstvwx',
    '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
  ])('%s', (text) => {
    expect(findSecret(text)).toBeNull();
  });
});
