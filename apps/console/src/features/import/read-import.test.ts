import { describe, expect, it } from 'vitest';
import { guessMapping, mappingFault, mapRows, previewOf } from './import-fields.ts';
import { readImport } from './read-import.ts';

const tableOf = (text: string) => {
  const read = readImport(text);
  if (!read.ok) throw new Error(read.message);
  return read.table;
};
const HASH = 'a'.repeat(64);

describe('what is read', () => {
  it('is a table with names of columns, also from a spreadsheet', () => {
    const table = tableOf(`\uFEFFname;hash\r\nci-deploy;${HASH}\r\n`);
    expect(table).toEqual({ columns: ['name', 'hash'], rows: [{ name: 'ci-deploy', hash: HASH }] });
  });

  it('is JSON, as a list or with the list inside', () => {
    const rows = [{ name: 'a', token: 'x' }, { token: 'y' }];
    for (const text of [JSON.stringify(rows), JSON.stringify({ total: 2, keys: rows })]) {
      expect(tableOf(text)).toEqual({ columns: ['name', 'token'], rows });
    }
  });

  it('is a plain list: hashes where every line is one, else tokens', () => {
    expect(tableOf(`${HASH}\n${HASH}`).columns).toEqual(['hash']);
    expect(tableOf('key_0123456789abcdef\nkey_fedcba9876543210')).toEqual({
      columns: ['token'],
      rows: [{ token: 'key_0123456789abcdef' }, { token: 'key_fedcba9876543210' }],
    });
  });

  it.each([
    ['', 'There is nothing in it.'],
    ['[1, 2]', 'JSON must be a list of objects, one for each token.'],
    ['{"a":', 'This begins like JSON, but is none.'],
    ['name,hash', 'There are names of columns, but no rows.'],
  ])('%j is refused: %s', (text, message) => expect(readImport(text)).toEqual({ ok: false, message }));
});

describe('what columns mean', () => {
  it('is guessed by their names, each field once', () => {
    expect(guessMapping(['Name', 'token_digest', 'Last 4', 'owner_id', 'key', 'secret', 'colour'])).toEqual({
      Name: 'name',
      token_digest: 'hash',
      'Last 4': 'lastCharacters',
      owner_id: 'ownerId',
      key: 'token',
      secret: null,
      colour: null,
    });
  });

  it('must name the tokens or their hashes, and nothing twice', () => {
    expect(mappingFault({ a: 'name' })).toBe('Say which column has the tokens or their hashes.');
    expect(mappingFault({ a: 'token', b: 'token' })).toBe('Two columns stand for “Token (plain text)”: choose one of them.');
    expect(mappingFault({ a: 'hash', b: null, c: null })).toBeNull();
  });

  it('makes the rows, without what is left out or empty', () => {
    const table = { columns: ['n', 'h', 'x'], rows: [{ n: '', h: HASH, x: 'never sent' }] };
    expect(mapRows(table, { n: 'name', h: 'hash', x: null })).toEqual([{ hash: HASH }]);
  });
});

it('of a token or a hash only the end is shown', () => {
  expect(previewOf('key_0123456789abcdef', 'token')).toBe('••••cdef');
  expect(previewOf(['read', 'write'], 'scopes')).toBe('["read","write"]');
});
