import { createTokenText } from '@latchkey/core';

/** Keys for servers that are given theirs in a list, as long as those of the guard. */
export function createKeys(count: number): string[] {
  return Array.from({ length: count }, () => createTokenText('lk_live_'));
}

export function bearerLines(keys: readonly string[]): string[] {
  return keys.map((key) => `Authorization: Bearer ${key}`);
}

export const WINDOW_MS = 60_000;
