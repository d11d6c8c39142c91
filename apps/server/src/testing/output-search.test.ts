import { createTokenText } from '@latchkey/core';
import { expect, test } from 'vitest';
import { createOutputSearch, createSearchedLog } from './output-search.ts';

test('a text that comes in pieces is found where it came, and not where pieces of two places only look like it', () => {
  const text = createTokenText('lk_live_');
  const search = createOutputSearch('what a test has said');
  search.push('one', text.slice(0, 20));
  search.push('other', text.slice(20));
  expect(search.refuse).not.toThrow();
  search.push('one', `${text.slice(20)}\n`);
  expect(search.refuse).toThrow('Texts of valid tokens are in what a test has said: one (1)');
});

test('a log keeps the lines of errors, and refuses a text on any level from debug on', () => {
  const { logger, errors, refuse } = createSearchedLog();
  logger.debug({ start: 'lk_live_' }, 'A request');
  logger.error('broken');
  expect(errors).toEqual([expect.stringContaining('"msg":"broken"')]);
  expect(refuse).not.toThrow();
  logger.debug({ headers: { 'x-other': createTokenText('lk_live_') } }, 'A request');
  expect(refuse).toThrow('Texts of valid tokens are in what a server has logged: log (1)');
});
