import { fieldKind } from './field-kind.ts';

/** The fields that a message's `Connection` names, in lower case: they end here too (RFC 9110 §7.6.1). `null`: none, as almost always. */
export function connectionOptions(rawHeaders: readonly string[]): ReadonlySet<string> | null {
  let options: Set<string> | null = null;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (fieldKind(rawHeaders[index] ?? '') !== 'connection') continue;
    const value = (rawHeaders[index + 1] ?? '').toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    options ??= new Set();
    for (const option of value.split(',')) options.add(option.trim());
  }
  return options;
}
