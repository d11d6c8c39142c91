import type { DescribedCommand } from './describe-commands.ts';

/** For bash 3.2 and newer, the one of macOS. Works without the package bash-completion. */
export function bashScript(commands: readonly DescribedCommand[]): string {
  return `_latchkey() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" expects="" each index
  for ((index = 1; index < COMP_CWORD; index++)); do
    each="\${COMP_WORDS[index]}"
    if [[ -n "$expects" ]]; then expects=""; continue; fi
    case "$path $each" in
${commands.flatMap(stepsFrom).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${commands.flatMap(choicesOf).join('\n')}
  esac
  case "$path" in
${commands.map(wordsOf).join('\n')}
  esac
}
complete -o default -F _latchkey latchkey`;
}

/** From one command to the next, and over the values of options. */
function stepsFrom({ path, commands, options }: DescribedCommand): string[] {
  const steps = commands.map(({ name }) => `      '${path} ${name}') path='${`${path} ${name}`.trim()}' ;;`);
  const withValue = options.filter(({ takesValue }) => takesValue).flatMap(({ flags }) => flags);
  return withValue.length === 0 ? steps : [...steps, `      ${withValue.map((flag) => `'${path} ${flag}'`).join(' | ')}) expects=1 ;;`];
}

/** Behind an option that takes a value come its values, or file names. */
function choicesOf({ path, options }: DescribedCommand): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flags, choices }) => {
      const reply = choices.length === 0 ? '' : `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); `;
      return `    ${flags.map((flag) => `'${path} ${flag}'`).join(' | ')}) ${reply}return ;;`;
    });
}

function wordsOf({ path, commands, options, choices }: DescribedCommand): string {
  const words = [...commands.map(({ name }) => name), ...choices].join(' ');
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--'))).join(' ');
  return `    '${path}') if [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W '${flags}' -- "$word")); else COMPREPLY=($(compgen -W '${words}' -- "$word")); fi ;;`;
}
