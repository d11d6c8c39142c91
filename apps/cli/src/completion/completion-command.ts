import { Argument, type Command } from 'commander';
import type { Act } from '../program/call.ts';
import { bashScript } from './bash-script.ts';
import { describeCommands } from './describe-commands.ts';
import { fishScript } from './fish-script.ts';
import { zshScript } from './zsh-script.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
type Shell = keyof typeof SCRIPTS;

const HOW = `
bash: eval "$(latchkey completion bash)"            in ~/.bashrc
zsh:  eval "$(latchkey completion zsh)"             in ~/.zshrc, after compinit
fish: latchkey completion fish > ~/.config/fish/completions/latchkey.fish`;

export function addCompletionCommand(program: Command, act: Act): void {
  program
    .command('completion')
    .description('a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', HOW)
    .action(
      act(async ({ output }, [shell]) => {
        output.line(SCRIPTS[shell as Shell](describeCommands(program)));
      }),
    );
}
