import { describe, expect, it } from 'vitest';
import { createPainter } from './painter.ts';
import { type Column, renderTable, renderTabs } from './render-table.ts';
import { textWidth } from './text-width.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly used: string | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { header: 'ID', value: (row) => row.id, align: 'right' },
  { header: 'NAME', value: (row) => row.name, flexible: true },
  { header: 'USED', value: (row) => row.used, display: (row) => `at ${row.used}`, spare: true },
];
const ROWS: readonly Row[] = [
  { id: 7, name: 'short', used: null },
  { id: 12, name: '日本語の名前 and more of it', used: 'noon' },
];
const plain = createPainter(false);

describe('for people', () => {
  it('aligns columns under their headers, and shows nothing as a dash', () => {
    expect(renderTable(COLUMNS, ROWS, 80, plain)).toEqual([
      'ID  NAME                         USED',
      ' 7  short                        –',
      '12  日本語の名前 and more of it  at noon',
    ]);
  });

  it('cuts the flexible column until every line fits', () => {
    const lines = renderTable(COLUMNS, ROWS, 30, plain);
    expect(lines[2]).toBe('12  日本語の名前 and…  at noon');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(30);
  });

  it('leaves out what can be spared before it cuts names to nothing', () => {
    const lines = renderTable(COLUMNS, ROWS, 18, plain);
    expect(lines[0]).toBe('ID  NAME');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(18);
  });

  it('gives up on a width that nothing can fit, and still shows the names', () => {
    expect(renderTable(COLUMNS, ROWS, 3, plain)[1]).toBe(' 7  short');
  });

  it('colours the padding too, so that columns stay aligned', () => {
    const columns: Column<Row>[] = [{ header: 'NAME', value: (row) => row.name, tone: () => 'bad' }];
    expect(renderTable(columns, [{ id: 1, name: 'x', used: null }], 80, createPainter(true))[1]).toBe('\u001b[31mx   \u001b[39m');
  });
});

describe('for programs', () => {
  it('separates full values by one tab, without a header', () => {
    expect(renderTabs(COLUMNS, ROWS)).toEqual(['7\tshort\t', '12\t日本語の名前 and more of it\tnoon']);
  });

  it('keeps a value that holds a tab or a line break in its column and line', () => {
    expect(renderTabs(COLUMNS, [{ id: 1, name: 'a\tb\nc', used: null }])).toEqual(['1\ta\\x09b\\x0ac\t']);
  });
});
