import { maskToken, parseTokenText } from '@latchkey/core';
import type { Command } from 'commander';
import { usageError } from '../error/cli-error.ts';
import { EXIT, type ExitCode } from '../error/exit-code.ts';
import type { Act, Call } from '../program/call.ts';
import type { Column } from '../terminal/render-table.ts';
import { readAll } from '../terminal/terminal.ts';
import { type Finding, findTokens, readLines } from './find-tokens.ts';

interface CheckOptions {
  readonly scan?: boolean;
}

const COLUMNS: readonly Column<Finding>[] = [
  { header: 'LINE', value: (finding) => finding.line, align: 'right' },
  { header: 'CHECKSUM', value: ({ valid }) => (valid ? 'ok' : 'wrong'), tone: ({ valid }) => (valid ? 'good' : 'bad') },
  { header: 'TEXT', value: (finding) => finding.shown },
];

export function addCheckCommand(program: Command, act: Act): void {
  program
    .command('check')
    .description('check texts from standard input for the shape and the checksum of a token: offline, and nothing of a secret is printed')
    .option('--scan', 'look for tokens anywhere in the input (a log, a diff) and end with 1 if there is one')
    .addHelpText('after', '\nOne text a line. Ends with 1 when a text is no token (with --scan: when a token was found).')
    .action(act(check));
}

async function check({ terminal, output }: Call, _args: readonly string[], { scan = false }: CheckOptions): Promise<ExitCode> {
  if (terminal.stdin.isTTY) output.note('Reading from the keyboard, one text a line; end with Ctrl-D.');
  const text = await readAll(terminal.stdin);
  const findings = scan ? findTokens(text) : readLines(text).map(judge);
  if (!scan && findings.length === 0) throw usageError('Standard input holds no text.');
  if (output.json) output.value({ findings });
  else output.rows(COLUMNS, findings);
  return findings.some(({ valid }) => valid === scan) ? EXIT.failed : EXIT.ok;
}

function judge({ line, text }: { line: number; text: string }): Finding {
  const parsed = parseTokenText(text);
  return { line, valid: parsed !== null, shown: parsed === null ? '(not a token)' : maskToken(parsed.prefix, parsed.last4) };
}
