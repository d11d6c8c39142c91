import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { usageError } from '../error/cli-error.ts';
import { EXIT, type ExitCode } from '../error/exit-code.ts';
import { toCliError } from '../error/to-cli-error.ts';
import type { Act, Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import type { Tone } from '../terminal/painter.ts';
import type { Column } from '../terminal/render-table.ts';
import { readAll } from '../terminal/terminal.ts';
import { guessFormat, IMPORT_COLUMNS, type ImportFormat, type ImportRow, parseRows } from './parse-rows.ts';
import { splitRows } from './split-rows.ts';

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly format?: ImportFormat;
}

/** What became of one row. */
interface RowReport {
  readonly line: number;
  readonly status: 'imported' | 'skipped' | 'failed';
  readonly id: number | null;
  readonly name: string | null;
  readonly message: string;
}

export function addImportCommand(tokens: Command, act: Act): void {
  tokens
    .command('import')
    .description('take tokens over from another system, from a CSV file or JSON lines; they go on working unchanged')
    .argument('<file>', 'the file; - is standard input')
    .option('--dry-run', 'check and report, and change nothing')
    .addOption(new Option('--format <format>', 'instead of the one that the file name tells').choices(['csv', 'jsonl']))
    .addHelpText('after', `\nColumns: ${IMPORT_COLUMNS.join(', ')}.\nEach row has a hash or a token. Ends with 1 when a row fails.`)
    .action(act(importTokens));
}

async function importTokens(call: Call, [file = '']: readonly string[], { dryRun = false, format }: ImportOptions): Promise<ExitCode> {
  if (file === '-' && call.globals.jwtStdin) throw usageError('Standard input can not hold both the JWT and the rows.');
  const text = file === '-' ? await readAll(call.terminal.stdin) : await readRowsFile(file);
  const rows = parseRows(text, format ?? guessFormat(file, text));
  const client = await call.connect();
  const reports: RowReport[] = [];
  for (const chunk of splitRows(rows)) {
    reports.push(...(await importChunk(client, chunk, dryRun).catch((error) => stopAfter(error, reports.length, dryRun))));
  }
  return report(call, reports, dryRun);
}

async function readRowsFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`${file} can not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function importChunk(client: Client, rows: readonly ImportRow[], dryRun: boolean): Promise<RowReport[]> {
  const { rows: done } = await client.token.import.mutate({ rows: rows.map(({ values }) => ({ ...values })), dryRun });
  return done.map(({ row, status, id, message }) => {
    const { line, values } = rows[row - 1] ?? { line: 0, values: {} };
    const name = typeof values.name === 'string' && values.name !== '' ? values.name : null;
    return { line, status, id, name, message };
  });
}

/** What was imported before stays, and importing the same file again passes over it. */
function stopAfter(error: unknown, done: number, dryRun: boolean): never {
  const failure = toCliError(error);
  if (done > 0 && !dryRun) failure.message = `${failure.message} The first ${done} rows are done; import the same file again to go on.`;
  throw failure;
}

const TONES: Readonly<Record<RowReport['status'], Tone>> = { imported: 'good', skipped: 'quiet', failed: 'bad' };

const COLUMNS: readonly Column<RowReport>[] = [
  { header: 'LINE', value: (row) => row.line, align: 'right' },
  { header: 'RESULT', value: (row) => row.status, tone: (row) => TONES[row.status] },
  { header: 'TOKEN', value: (row) => row.id, align: 'right' },
  { header: 'NAME', value: (row) => row.name, flexible: true },
  { header: 'MESSAGE', value: (row) => row.message, flexible: true },
];

function report({ output }: Call, rows: readonly RowReport[], dryRun: boolean): ExitCode {
  const count = (status: RowReport['status']) => rows.filter((row) => row.status === status).length;
  const counts = { imported: count('imported'), skipped: count('skipped'), failed: count('failed') };
  if (output.json) output.value({ dryRun, ...counts, rows });
  else output.rows(COLUMNS, rows);
  const verb = dryRun ? 'would be imported' : 'imported';
  output.note(
    `${counts.imported} ${verb}, ${counts.skipped} here already, ${counts.failed} failed.${dryRun ? ' Nothing was changed.' : ''}`,
  );
  return counts.failed > 0 ? EXIT.failed : EXIT.ok;
}
