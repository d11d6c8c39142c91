import { CsvError, parse } from 'csv-parse/sync';
import { usageError } from '../error/cli-error.ts';

/** A token of another system as a file has it, and where. Values of CSV are text; the server reads them. */
export interface ImportRow {
  /** Line of the file, counted from 1. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export const IMPORT_COLUMNS = [
  'name',
  'description',
  'owner_type',
  'owner_id',
  'key_type',
  'environment',
  'prefix',
  'start',
  'last_characters',
  'scopes',
  'allowed_endpoints',
  'rate_limit',
  'rate_limit_window_ms',
  'expires_at',
  'hash',
  'token',
] as const;

/** `csv`: RFC 4180 with a header line. `jsonl`: a JSON object on each line. */
export type ImportFormat = 'csv' | 'jsonl';

/** The format that a file's name or beginning gives away. */
export function guessFormat(fileName: string, text: string): ImportFormat {
  if (/\.(?:jsonl|ndjson)$/i.test(fileName)) return 'jsonl';
  if (/\.csv$/i.test(fileName)) return 'csv';
  return text.trimStart().startsWith('{') ? 'jsonl' : 'csv';
}

/** All rows, or a usage error that names the line: nothing of a file that can not be read whole is imported. */
export function parseRows(text: string, format: ImportFormat): ImportRow[] {
  const rows = format === 'csv' ? parseCsv(text) : parseJsonLines(text);
  if (rows.length === 0) throw usageError('There is nothing to import: no row.');
  return rows;
}

interface CsvRecord {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

function parseCsv(text: string): ImportRow[] {
  try {
    const records = parse(text, {
      bom: true,
      columns: checkHeader,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as CsvRecord[];
    return records.map(({ record, info }) => ({ line: info.lines, values: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library quotes the row, and a row may hold a secret.
    throw usageError(`The CSV can not be read: ${describeFault(error)}, line ${error.lines ?? '?'}.`);
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS: 'a row has more or fewer values than the header has names',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'a row has more or fewer values than the header has names',
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quotation mark',
  INVALID_OPENING_QUOTE: 'a quotation mark stands inside a value',
};

function describeFault(error: CsvError): string {
  return FAULTS[error.code] ?? error.code;
}

/** A header that is not known would be dropped in silence, and most likely is a typing error. */
function checkHeader(header: readonly string[]): string[] {
  const names = header.map((name) => name.trim().toLowerCase());
  checkNames(names, 'The header line');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usageError(`The header line names "${twice}" twice.`);
  return names;
}

function checkNames(names: readonly string[], where: string): void {
  const unknown = names.filter((name) => !IMPORT_COLUMNS.some((known) => known === name));
  if (unknown.length > 0)
    throw usageError(`${where} has what is not known: ${unknown.join(', ')}.`, `Known are: ${IMPORT_COLUMNS.join(', ')}.`);
}

function parseJsonLines(text: string): ImportRow[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((content, index) => (content.trim() === '' ? [] : [{ line: index + 1, values: parseJsonObject(content, index + 1) }]));
}

function parseJsonObject(text: string, line: number): Record<string, unknown> {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw usageError(`Line ${line} is not a JSON object.`);
  checkNames(Object.keys(value), `Line ${line}`);
  return { ...value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
