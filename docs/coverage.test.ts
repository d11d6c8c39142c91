import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(ROOT, 'docs/coverage.md'), 'utf8');

/** The rows of the requirements by section: the first part of their ids, how many digits follow, and how many rows there are. */
const SECTIONS: [prefix: string, digits: number, rows: number][] = [
  ['S0', 2, 44],
  ['S1', 2, 43],
  ['S2', 3, 216],
  ['S3', 3, 124],
  ['S4', 3, 141],
  ['C', 2, 30],
  ['G', 2, 22],
];

interface Row {
  readonly id: string;
  readonly file: string;
  readonly title: string;
}

const rows: Row[] = page
  .split('\n')
  .filter((line) => /^\| [SCG]\d?-/.test(line))
  .map((line) => {
    const [id = '', file = '', ...title] = line.slice(2, -2).split(' | ');
    return { id, file, title: title.join(' | ') };
  });

/** Rows that ask for no behaviour say so instead of naming a test. */
const NO_BEHAVIOUR = 'no behaviour';
const shown = rows.filter(({ file }) => file !== NO_BEHAVIOUR);
const texts = new Map<string, string>();

function textOf(file: string): string {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  texts.set(file, text);
  return text;
}

/** Whether a test of this title stands in the file, whichever quotes it is written with. */
function hasTest({ file, title }: Row): boolean {
  const escaped = title.replaceAll("'", String.raw`\'`);
  const spellings = [`'${title}'`, `'${escaped}'`, `"${title}"`, `\`${title}\``];
  return spellings.some(
    (spelling) => textOf(file).includes(`(${spelling}`) || new RegExp(String.raw`\(\s*${escapeRegExp(spelling)}`).test(textOf(file)),
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

describe('docs/coverage.md', () => {
  it.each(SECTIONS)('lists every row of %s, in order', (prefix, digits, count) => {
    const expected = Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(digits, '0')}`);
    const listed = rows.map(({ id }) => id).filter((id) => id.startsWith(`${prefix}-`));
    expect([...new Set(listed)]).toEqual(expected);
  });

  it('names only files of tests that are there', () => {
    expect(shown.filter(({ file }) => !/\.test\.tsx?$|-cases\.ts$|-contract\.ts$/.test(file))).toEqual([]);
    for (const file of new Set(shown.map((row) => row.file))) expect(() => textOf(file), file).not.toThrow();
  });

  it('names only tests that are there', () => {
    expect(shown.filter((row) => !hasTest(row)).map(({ id, file, title }) => `${id}: ${file}: ${title}`)).toEqual([]);
  });

  it('says for rows without a behaviour why they have none', () => {
    const unexplained = rows.filter(({ file, title }) => file === NO_BEHAVIOUR && title.length < 10);
    expect(unexplained).toEqual([]);
  });
});
