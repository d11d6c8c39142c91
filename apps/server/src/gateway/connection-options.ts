import { fieldKind } from './field-kind.ts';

/** The fields that a message's `Connection` names, in lower case: they end here too (RFC 9110 §7.6.1). `null`: none, as almost always. */
export function connectionOptions(rawHeaders: readonly string[]): ReadonlySet<string> | null {
  let options: Set<string> | null = null;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (fieldKind(rawHeaders[index] ?? '') === 'connection') options = addConnectionOptions(options, rawHeaders[index + 1] ?? '');
  }
  return options;
}

/** Those of one such field, added to what others named. */
export function addConnectionOptions(options: Set<string> | null, value: string): Set<string> | null {
  const lower = value.toLowerCase();
  if (lower === 'keep-alive' || lower === 'close') return options;
  const all = options ?? new Set();
  for (const option of lower.split(',')) all.add(option.trim());
  return all;
}
