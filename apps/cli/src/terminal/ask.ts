import { createInterface } from 'node:readline/promises';
import { CliError, usageError } from '../error/cli-error.ts';
import { EXIT } from '../error/exit-code.ts';
import { escapeText } from './escape-text.ts';
import type { Terminal } from './terminal.ts';

/** Whether somebody is there to answer. Questions go to standard error, so that standard output may be caught. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

export async function askText(terminal: Terminal, question: string): Promise<string> {
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true });
  const stop = new AbortController();
  prompt.once('SIGINT', () => stop.abort());
  prompt.once('close', () => stop.abort());
  try {
    return (await prompt.question(`${escapeText(question)} `, { signal: stop.signal })).trim();
  } catch (error) {
    if (stop.signal.aborted) throw new CliError('Interrupted.', { exitCode: EXIT.interrupted, code: 'INTERRUPTED' });
    throw error;
  } finally {
    prompt.close();
  }
}

/** Without an echo, not even of its length. */
export async function askPassword(terminal: Terminal, question: string): Promise<string> {
  // Few commands ask for one, and loading it takes a while.
  const { default: password } = await import('@inquirer/password');
  return password({ message: question, mask: false, toggleMask: false }, { input: terminal.stdin, output: terminal.stderr });
}

/** Ends a command that needs a word of confirmation where nobody can give it. */
export function requireSomebody(terminal: Terminal): void {
  if (!canAsk(terminal)) throw usageError('Nobody is there to confirm it: this is no terminal.', 'Add --yes to do it without a question.');
}

/** Ends the command unless the answer is yes. */
export async function confirm(terminal: Terminal, question: string): Promise<void> {
  const answer = await askText(terminal, `${question} [y/N]`);
  if (!/^y(es)?$/i.test(answer)) throw new CliError('Nothing was changed.', { code: 'DECLINED' });
}
