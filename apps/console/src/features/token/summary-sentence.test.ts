import { expect, it } from 'vitest';
import { summarySentence } from './summary-sentence.ts';

const base = { patterns: ['/products*'], rateLimit: 600, windowMs: 60_000, expiresAt: new Date(2027, 1, 20, 12).getTime() };

it('says what the token may do', () => {
  expect(summarySentence(base)).toBe('Can call /products* · 600/min · until 20 Feb 2027');
});

it('names several patterns and counts the rest', () => {
  expect(summarySentence({ ...base, patterns: ['/a', '/b'] })).toContain('Can call /a and /b ·');
  expect(summarySentence({ ...base, patterns: ['/a', '/b', '/c', '/d', '/e'] })).toContain('Can call /a, /b, /c and 2 more ·');
});

it('says so when there is no bound', () => {
  expect(summarySentence({ patterns: null, rateLimit: null, windowMs: 60_000, expiresAt: null })).toBe(
    'Can call every endpoint · no rate limit · never expires',
  );
  expect(summarySentence({ ...base, patterns: ['', '  '], expiresAt: undefined })).toBe(
    'Can call every endpoint · 600/min · expiry to be chosen',
  );
});

it('keeps the methods of a pattern together', () => {
  expect(summarySentence({ ...base, patterns: ['get,HEAD /a', '/b'] })).toContain('Can call GET|HEAD /a and /b ·');
});
