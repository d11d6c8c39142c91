import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessDelimiter, parseCsv } from './parse-csv.ts';

describe('a table as text', () => {
  it('has quoted cells with delimiters, line ends and quotes', () => {
    expect(parseCsv('name,hash\r\n"a, ""b""",x\r\n"two\nlines",y\n', ',')).toEqual([
      ['name', 'hash'],
      ['a, "b"', 'x'],
      ['two\nlines', 'y'],
    ]);
  });

  it('has empty cells, also at its end, and no blank rows', () => {
    expect(parseCsv('a,,c\n\n,,\nd,', ',')).toEqual([
      ['a', '', 'c'],
      ['d', ''],
    ]);
  });

  it.each([
    ['name,hash', ','],
    ['name;hash;scopes, all', ';'],
    ['name\thash', '\t'],
    ['token', ','],
  ])('%j is separated by %j', (text, delimiter) => expect(guessDelimiter(text)).toBe(delimiter));

  it('comes back as it was written, whatever is in it', () => {
    const cell = fc.string().filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 }), fc.constantFrom(',', ';', '\t'), (rows, delimiter) => {
        const quoted = rows.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(delimiter)).join('\r\n');
        expect(parseCsv(quoted, delimiter)).toEqual(rows);
      }),
    );
  });

  it('ends for any text at all', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseCsv(text, ',')));
  });
});
