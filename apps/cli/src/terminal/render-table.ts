import { escapeText } from './escape-text.ts';
import type { Painter, Tone } from './painter.ts';
import { cutText, textWidth } from './text-width.ts';

export interface Column<Row> {
  readonly header: string;
  /** `null`: nothing to show. Text is escaped here. */
  readonly value: (row: Row) => string | number | null;
  /** As people read it, where that differs from what programs read: times, large numbers. */
  readonly display?: (row: Row) => string;
  readonly align?: 'right';
  /** May be cut with `…` where the terminal is too narrow. */
  readonly flexible?: boolean;
  /** Is left out where the terminal is too narrow for it, the last one first. */
  readonly spare?: boolean;
  readonly tone?: (row: Row) => Tone | null;
}

const GAP = '  ';
const NOTHING = '–';
/** A column that gives way keeps at least this much. */
const NARROWEST = 12;

/** For people: a header, columns aligned, no line wider than `width` cells as long as cutting the flexible columns can do it. */
export function renderTable<Row>(all: readonly Column<Row>[], rows: readonly Row[], width: number, paint: Painter): string[] {
  const columns = chooseColumns(all, rows, width);
  const cells = rows.map((row) => columns.map((column) => shownValue(column, row)));
  const widths = fitWidths(columns, cells, width);
  const header = columns.map((column, index) => paint('heading', pad(column.header, widths[index] ?? 0, column.align)));
  const lines = rows.map((row, line) =>
    columns.map((column, index) => {
      const text = pad(cells[line]?.[index] ?? '', widths[index] ?? 0, column.align);
      const tone = column.tone?.(row) ?? null;
      return tone === null ? text : paint(tone, text);
    }),
  );
  return [header, ...lines].map((line) => line.join(GAP).trimEnd());
}

/** For programs: a line per row, its full values separated by one tab, no header. */
export function renderTabs<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.map((row) => columns.map((column) => plainValue(column, row)).join('\t'));
}

function plainValue<Row>(column: Column<Row>, row: Row): string {
  const value = column.value(row);
  return value === null ? '' : escapeText(String(value));
}

function shownValue<Row>(column: Column<Row>, row: Row): string {
  if (column.value(row) === null) return NOTHING;
  return column.display ? escapeText(column.display(row)) : plainValue(column, row);
}

/** As many columns as find room once the flexible ones have given way. */
function chooseColumns<Row>(all: readonly Column<Row>[], rows: readonly Row[], width: number): readonly Column<Row>[] {
  const needs = new Map(all.map((column) => [column, leastWidth(column, rows)]));
  const chosen = [...all];
  while (totalWidth(chosen.map((column) => needs.get(column) ?? 0)) > width) {
    const last = chosen.findLastIndex((column) => column.spare);
    if (last === -1) break;
    chosen.splice(last, 1);
  }
  return chosen;
}

function leastWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
  const width = rows.reduce((widest, row) => Math.max(widest, textWidth(shownValue(column, row))), textWidth(column.header));
  return column.flexible ? Math.min(width, NARROWEST) : width;
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length);
}

function fitWidths<Row>(columns: readonly Column<Row>[], cells: readonly string[][], width: number): number[] {
  const widths = columns.map((column, index) =>
    cells.reduce((widest, line) => Math.max(widest, textWidth(line[index] ?? '')), textWidth(column.header)),
  );
  let excess = totalWidth(widths) - width;
  while (excess > 0) {
    const widest = widestFlexible(columns, widths);
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

function widestFlexible<Row>(columns: readonly Column<Row>[], widths: readonly number[]): number {
  let found = -1;
  for (const [index, column] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (column.flexible && width > NARROWEST && (found === -1 || width > (widths[found] ?? 0))) found = index;
  }
  return found;
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const cut = cutText(text, width);
  const space = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return align === 'right' ? space + cut : cut + space;
}
