import { guessDelimiter, parseCsv } from './parse-csv.ts';

/** A list of tokens of another system, before anybody has looked at what its columns mean. */
export interface ImportTable {
  readonly columns: readonly string[];
  /** A member for each column that the row has. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export type ImportText = { readonly ok: true; readonly table: ImportTable } | { readonly ok: false; readonly message: string };

export const MOST_ROWS = 20_000;

/**
 * Reads what somebody pasted or chose: a JSON list of objects, a table with a first row of names, or one token or hash in each line.
 * Pure: nothing of it is kept.
 */
export function readImport(text: string): ImportText {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return { ok: false, message: 'There is nothing in it.' };
  const table = trimmed.startsWith('[') || trimmed.startsWith('{') ? readJson(trimmed) : readTable(trimmed);
  if (typeof table === 'string') return { ok: false, message: table };
  if (table.rows.length === 0) return { ok: false, message: 'There are names of columns, but no rows.' };
  if (table.rows.length > MOST_ROWS) return { ok: false, message: 'Import at most 20,000 rows at a time.' };
  return { ok: true, table };
}

function readJson(text: string): ImportTable | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'This begins like JSON, but is none.';
  }
  const rows = Array.isArray(value) ? value : listInside(value);
  if (rows === null || !rows.every(isObject)) return 'JSON must be a list of objects, one for each token.';
  return { columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows };
}

/** `{ "rows": […] }` and its like: the one list there is. */
function listInside(value: unknown): unknown[] | null {
  if (!isObject(value)) return null;
  const lists = Object.values(value).filter((member) => Array.isArray(member));
  return lists.length === 1 ? (lists[0] ?? null) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const HASH = /^(?:[0-9a-fA-F]{64}|[A-Za-z0-9_-]{43}=?|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/;

function readTable(text: string): ImportTable {
  const [first = [], ...rest] = parseCsv(text, guessDelimiter(text));
  // A list without names of columns: one token or hash in each line.
  if (first.length === 1 && !isColumnName(first[0] ?? '')) return plainList([first, ...rest]);
  const columns = first.map((name, index) => name.trim() || `Column ${index + 1}`);
  const rows = rest.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])));
  return { columns, rows };
}

function isColumnName(text: string): boolean {
  return /^[A-Za-z][A-Za-z _-]{0,30}$/.test(text.trim());
}

function plainList(lines: string[][]): ImportTable {
  const values = lines.map(([value = '']) => value.trim());
  const column = values.every((value) => HASH.test(value)) ? 'hash' : 'token';
  return { columns: [column], rows: values.map((value) => ({ [column]: value })) };
}
