import { describe, expect, it } from 'vitest';
import { isForeignText } from './foreign-text.ts';
import { createTokenText } from './token-text.ts';

const OURS = ['lk_live_', 'lk_test_'];
const text = createTokenText('lk_live_');
const mistyped = `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;

describe('a text of another system', () => {
  it.each([
    'sk_live_51HxYzKLmnOpQrStUvWxYz0123456789',
    '0123456789abcdef0123456789abcdef',
    '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
    'two words and more',
    '{"json":"is printable"}',
    'x'.repeat(512),
    mistyped.replace('lk_live_', 'sk_live_'),
    text,
  ])('%s', (foreign) => expect(isForeignText(foreign, OURS)).toBe(true));
});

describe('no text of another system', () => {
  it.each([
    ['a mistyped one of ours', mistyped],
    ['too short to be a secret', 'x'.repeat(15)],
    ['too long', 'x'.repeat(513)],
    ['a space at the end', `${'x'.repeat(20)} `],
    ['a line break', `${'x'.repeat(20)}\n${'x'.repeat(20)}`],
    ['a letter beyond ASCII', `${'x'.repeat(20)}é`],
    ['nothing', ''],
  ])('%s', (_, foreign) => expect(isForeignText(foreign, OURS)).toBe(false));
});
