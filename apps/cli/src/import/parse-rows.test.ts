import { describe, expect, it } from 'vitest';
import { guessFormat, parseRows } from './parse-rows.ts';

const parseCsv = (text: string) => parseRows(text, 'csv');
const parseJson = (text: string) => parseRows(text, 'jsonl');

describe('CSV', () => {
  it('is read by its header, quotes, line breaks in values, blank lines and a byte order mark included', () => {
    const text = '\ufeffName, hash ,scopes\r\n"Billing, ""old""",abc,"read write"\r\n\r\n"two\nlines",def,\r\n';
    expect(parseCsv(text)).toEqual([
      { line: 2, values: { name: 'Billing, "old"', hash: 'abc', scopes: 'read write' } },
      { line: 5, values: { name: 'two\nlines', hash: 'def', scopes: '' } },
    ]);
  });

  it.each([
    ['a header that is not known', 'name,hsah\nx,y\n', 'hsah'],
    ['a header that comes twice', 'hash,hash\nx,y\n', '"hash" twice'],
    ['a row with too few values', 'name,hash\nlk_live_secret\n', 'more or fewer values'],
    ['a quote that does not end', 'name,hash\n"x,y\n', 'quotation mark'],
    ['no row', 'name,hash\n', 'no row'],
    ['nothing', '', 'no row'],
  ])('is refused for %s', (_case, text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });

  it('does not repeat a row that it can not read: it may hold a secret', () => {
    expect(() => parseCsv('name,token\n"lk_live_secret\n')).toThrow(expect.not.stringContaining('lk_live_secret'));
  });
});

describe('JSON lines', () => {
  it('are read one by one, with values of any type', () => {
    expect(parseJson('{"name":"x","scopes":["read"]}\n\n{"hash":"abc","rate_limit":5}')).toEqual([
      { line: 1, values: { name: 'x', scopes: ['read'] } },
      { line: 3, values: { hash: 'abc', rate_limit: 5 } },
    ]);
  });

  it.each([
    ['what is no JSON', '{"name":"x"}\n{', 'Line 2'],
    ['what is no object', '["x"]', 'Line 1'],
    ['a member that is not known', '{"nmae":"x"}', 'nmae'],
  ])('are refused for %s', (_case, text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });
});

it('the format is told by the name, else by the beginning', () => {
  expect(guessFormat('a.CSV', '{')).toBe('csv');
  expect(guessFormat('a.jsonl', 'name')).toBe('jsonl');
  expect(guessFormat('-', ' {"name"')).toBe('jsonl');
  expect(guessFormat('-', 'name,hash')).toBe('csv');
});
