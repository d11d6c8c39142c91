import { CommanderError } from 'commander';
import { CliError } from '../error/cli-error.ts';
import { EXIT, type ExitCode } from '../error/exit-code.ts';
import { toCliError } from '../error/to-cli-error.ts';
import { escapeText, toSafeJson } from '../terminal/escape-text.ts';
import type { CliContext } from './call.ts';
import { createProgram } from './create-program.ts';

/** Runs one command line and answers the exit code. @param argv without the program's own name. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let ended: ExitCode = EXIT.ok;
  const program = createProgram(context, (code) => {
    ended = code;
  });
  const { stdout, stderr } = context.terminal;
  for (const command of [program, ...allCommands(program.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void stdout.write(text),
      // Written below, as every other error is.
      writeErr: () => undefined,
      getOutHelpWidth: () => stdout.columns ?? 80,
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return ended;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const failure = error instanceof CommanderError ? fromCommander(error, program.helpInformation()) : toCliError(error);
    stderr.write(argv.includes('--json') ? toJsonError(failure) : toText(failure));
    return failure.exitCode;
  }
}

function allCommands(commands: ReturnType<typeof createProgram>['commands']): ReturnType<typeof createProgram>['commands'] {
  return commands.flatMap((command) => [command, ...allCommands(command.commands)]);
}

function fromCommander(error: CommanderError, help: string): CliError {
  const facts = { exitCode: EXIT.usage, code: 'USAGE' };
  // A command of commands without one: all it can do is say which there are.
  if (error.code === 'commander.help') return new CliError('Name a command.', { ...facts, details: help.trimEnd().split('\n') });
  const [message = '', ...details] = error.message.replace(/^error: /, '').split('\n');
  return new CliError(message, { ...facts, details: details.filter((line) => line !== '') });
}

function toText({ message, details }: CliError): string {
  return [`latchkey: ${message}`, ...details.map((line) => `  ${line}`)].map((line) => `${escapeText(line)}\n`).join('');
}

function toJsonError({ code, message, details }: CliError): string {
  return `${toSafeJson({ error: { code, message, details } })}\n`;
}
