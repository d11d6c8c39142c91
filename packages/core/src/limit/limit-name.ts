const NAME = /^[A-Za-z0-9_-]{1,50}$/;
const RESERVED: ReadonlySet<string> = new Set(['default', 'quota']);

/** What is wrong with the name of a limit, and what to change; `null`: nothing. */
export function limitNameFault(name: string): string | null {
  if (RESERVED.has(name)) return `Choose another name than "${name}": the headers use it for something else.`;
  return NAME.test(name) ? null : 'A name has 1 to 50 letters, digits, "_" or "-".';
}
