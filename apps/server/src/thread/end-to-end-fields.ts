import { connectionOptions } from '../gateway/connection-options.ts';
import { fieldKind } from '../gateway/field-kind.ts';

/** The fields of a message that belong to no single connection, as they came: names and values in turn. */
export function endToEndFields(rawHeaders: readonly string[], isDropped: (name: string) => boolean): string[] {
  const named = connectionOptions(rawHeaders);
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const kind = fieldKind(name);
    if (kind === 'hop-by-hop' || kind === 'connection' || named?.has(name.toLowerCase()) || isDropped(name.toLowerCase())) continue;
    kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
}
