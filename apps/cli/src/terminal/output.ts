import { snakeCaseKeys } from '@latchkey/api/schemas';
import { escapeText, toSafeJson } from './escape-text.ts';
import { createPainter, type Painter } from './painter.ts';
import { type Column, renderTable, renderTabs } from './render-table.ts';
import type { Environment, Terminal } from './terminal.ts';

/** How a command answers: results on standard output, everything else on standard error. */
export interface Output {
  /** Whether the results are wanted as JSON. */
  readonly json: boolean;
  /** Whether a person reads standard output. */
  readonly forPeople: boolean;
  readonly paint: Painter;
  /** A result as JSON, its members in snake_case as the management REST has them. */
  value(result: unknown): void;
  /** A list: a table for people, tab-separated lines for programs. */
  rows<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void;
  /** One thing: `label  value` for people, `label<tab>value` for programs. */
  fields(fields: readonly (readonly [label: string, value: string | number | null])[]): void;
  /** A line of the result as it is: nothing in it may come from outside unescaped. */
  line(text: string): void;
  /** A word to the person at the keyboard, on standard error. Escaped here. */
  note(text: string): void;
}

const DEFAULT_WIDTH = 80;

export function createOutput(terminal: Terminal, env: Environment, options: { json: boolean; colour: boolean }): Output {
  const { stdout, stderr } = terminal;
  const forPeople = stdout.isTTY === true;
  const paint = createPainter(forPeople && options.colour && mayPaint(env));
  const line = (text: string) => void stdout.write(`${text}\n`);
  return {
    json: options.json,
    forPeople,
    paint,
    line,
    value: (result) => line(toSafeJson(snakeCaseKeys(result), forPeople ? 2 : undefined)),
    rows(columns, rows) {
      const lines = forPeople ? renderTable(columns, rows, stdout.columns ?? DEFAULT_WIDTH, paint) : renderTabs(columns, rows);
      for (const each of lines) line(each);
    },
    fields(fields) {
      const width = Math.max(...fields.map(([label]) => label.length));
      for (const [label, value] of fields) {
        const text = value === null ? '' : escapeText(String(value));
        line(forPeople ? `${paint('quiet', label.padEnd(width))}  ${text || '–'}` : `${label}\t${text}`);
      }
    },
    note: (text) => void stderr.write(`${escapeText(text)}\n`),
  };
}

/** https://no-color.org: any value but an empty one. */
function mayPaint(env: Environment): boolean {
  return !env.NO_COLOR && env.TERM !== 'dumb';
}
