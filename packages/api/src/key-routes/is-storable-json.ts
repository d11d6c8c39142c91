import { isStorableText } from '../schemas/common.ts';

const LONGEST = 16_384;
const DEEPEST = 32;

/** Whether a parsed JSON value can be kept with a key: at most 16,384 characters, 32 levels, and no text that the database refuses. */
export function isStorableJson(value: unknown): boolean {
  return isPlain(value, 0) && JSON.stringify(value).length <= LONGEST;
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (value === null || typeof value !== 'object') return value !== undefined;
  if (depth >= DEEPEST) return false;
  return Object.entries(value).every(([name, member]) => isStorableText(name) && isPlain(member, depth + 1));
}
