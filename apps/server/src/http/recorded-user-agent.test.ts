import { createTokenText } from '@latchkey/core';
import { expect, test } from 'vitest';
import { recordedUserAgent } from './recorded-user-agent.ts';

test('is 512 characters of it at most, with the ends of a token only, also where the cut would go through one', () => {
  const text = createTokenText('lk_live_');
  expect(recordedUserAgent({})).toBeNull();
  expect(recordedUserAgent({ 'user-agent': `curl/8 ${text}` })).toBe(`curl/8 lk_live_...${text.slice(-3)}`);
  const filler = '-'.repeat(470);
  expect(recordedUserAgent({ 'user-agent': `${filler}${text}${filler}` })).toBe(`${filler}lk_live_...${text.slice(-3)}${'-'.repeat(28)}`);
});
