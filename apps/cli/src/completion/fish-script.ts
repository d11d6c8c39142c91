import type { DescribedCommand, DescribedOption } from './describe-commands.ts';

export function fishScript(commands: readonly DescribedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return [
    'function __latchkey_at',
    '  set -l path',
    '  for each in (commandline -opc)[2..]',
    `    if contains -- (string join ' ' $path $each) ${paths.map(quote).join(' ')}`,
    '      set -a path $each',
    '    end',
    '  end',
    `  test (string join ' ' $path) = "$argv"`,
    'end',
    ...commands.flatMap(linesOf),
  ].join('\n');
}

function linesOf({ path, commands, options, choices }: DescribedCommand): string[] {
  const start = `complete -c latchkey -n ${quote(`__latchkey_at ${path}`.trim())}`;
  return [
    ...commands.map(({ name, description }) => `${start} -f -a ${quote(name)} -d ${quote(description)}`),
    ...(choices.length > 0 ? [`${start} -f -a ${quote(choices.join(' '))}`] : []),
    ...options.map((option) => `${start} ${optionOf(option)}`),
  ];
}

function optionOf({ flags, description, takesValue, choices }: DescribedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const values = choices.length > 0 ? ` -f -a ${quote(choices.join(' '))}` : '';
  return `${names.join(' ')} -d ${quote(description)}${takesValue ? ' -r' : ''}${values}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
