import type { DescribedCommand, DescribedOption } from './describe-commands.ts';

export function zshScript(commands: readonly DescribedCommand[]): string {
  return `#compdef latchkey
_latchkey() {
  local path="" each index
  for ((index = 2; index < CURRENT; index++)); do
    each="\${words[index]}"
    case "$path $each" in
${commands.flatMap(stepsFrom).join('\n')}
    esac
  done
  case "$path" in
${commands.map(argumentsOf).join('\n')}
  esac
}
compdef _latchkey latchkey`;
}

function stepsFrom({ path, commands }: DescribedCommand): string[] {
  return commands.map(({ name }) => `      '${path} ${name}') path='${`${path} ${name}`.trim()}' ;;`);
}

function argumentsOf({ path, commands, options, choices }: DescribedCommand): string {
  const depth = path === '' ? 0 : path.split(' ').length;
  const specs = options.flatMap(optionSpecs);
  if (commands.length > 0) specs.push(quote(`${depth + 1}:command:((${commands.map(described).join(' ')}))`), quote('*::'));
  else if (choices.length > 0) specs.push(quote(`${depth + 1}:value:(${choices.join(' ')})`));
  else specs.push(quote('*:file:_files'));
  return `    '${path}') _arguments ${specs.join(' ')} ;;`;
}

function optionSpecs({ flags, description, takesValue, choices }: DescribedOption): string[] {
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}` : '';
  return flags.map((flag) => quote(`${flag}[${escapeSpec(description)}]${value}`));
}

function described({ name, description }: { name: string; description: string }): string {
  return `${name}\\:${escapeSpec(description).replace(/[ ()]/g, '\\$&')}`;
}

function escapeSpec(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
