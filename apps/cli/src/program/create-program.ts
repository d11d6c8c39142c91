import { Command, type OptionValues } from 'commander';
import { addCheckCommand } from '../check/check-command.ts';
import { addCompletionCommand } from '../completion/completion-command.ts';
import { addDoctorCommand } from '../doctor/doctor-command.ts';
import type { ExitCode } from '../error/exit-code.ts';
import { addExplainCommand } from '../explain/explain-command.ts';
import { addSessionCommands } from '../session/session-commands.ts';
import { addTokenCommands } from '../token/token-commands.ts';
import { addUsageCommand } from '../usage/usage-command.ts';
import { type Act, type Action, type CliContext, createCall, type GlobalOptions } from './call.ts';

const AFTER_HELP = `
Exit codes:
  0  done                      3  not signed in
  1  refused or failed         4  the server can not be reached
  2  wrong command line

Environment: LATCHKEY_URL, LATCHKEY_ADMIN_JWT, NO_COLOR, XDG_CONFIG_HOME. Secrets never go into arguments.`;

/** All commands. @param end called with the exit code of a command that has one to tell. */
export function createProgram(context: CliContext, end: (code: ExitCode) => void): Command {
  const program = new Command('latchkey')
    .description('API tokens for your HTTP API: issue, restrict, limit, and see who uses what.')
    .version(context.version, '-V, --version')
    .option('--url <address>', 'address of the server (default: LATCHKEY_URL, then the one you signed in to)')
    .option('--json', 'answer as JSON, members in snake_case as in the management REST')
    .option('--jwt-stdin', 'read an administrator JWT from standard input instead of using the session')
    .option('--no-color', 'no colours')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText('after', AFTER_HELP)
    .showSuggestionAfterError()
    .exitOverride();

  const act: Act = <Options extends OptionValues>(action: Action<Options>) =>
    async function run(this: Command) {
      const call = createCall(context, program.opts<GlobalOptions>());
      const code = await action(call, this.args, this.opts<Options>());
      if (code) end(code);
    };

  addSessionCommands(program, act);
  addTokenCommands(program, act);
  addUsageCommand(program, act);
  addExplainCommand(program, act);
  addDoctorCommand(program, act);
  addCheckCommand(program, act);
  addCompletionCommand(program, act);
  return program;
}
