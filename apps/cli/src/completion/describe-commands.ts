import type { Command } from 'commander';

export interface DescribedOption {
  /** `--json`, `-y`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The values there are; empty: any. */
  readonly choices: readonly string[];
}

/** A command as shells complete it. */
export interface DescribedCommand {
  /** `''` for the program itself, `tokens list`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Its own, and those that every command knows. */
  readonly options: readonly DescribedOption[];
  /** Values of its first argument, where they are few. */
  readonly choices: readonly string[];
}

const HELP: DescribedOption = { flags: ['--help', '-h'], description: 'how it is used', takesValue: false, choices: [] };

/** Every command of a program, itself first. */
export function describeCommands(program: Command): DescribedCommand[] {
  const globals = [HELP, ...optionsOf(program).filter(({ flags }) => !flags.includes('--version'))];
  const describe = (command: Command, path: string): DescribedCommand[] => {
    const own = command === program ? [] : optionsOf(command);
    const described = {
      path,
      commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
      options: [...own, ...globals],
      choices: command.registeredArguments[0]?.argChoices ?? [],
    };
    return [described, ...command.commands.flatMap((each) => describe(each, `${path} ${each.name()}`.trim()))];
  };
  return describe(program, '');
}

function optionsOf(command: Command): DescribedOption[] {
  return command.options.map((option) => ({
    flags: [option.long, option.short].flatMap((flag) => flag ?? []),
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  }));
}
