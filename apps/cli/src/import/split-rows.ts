import type { ImportRow } from './parse-rows.ts';

/** A fifth of what the server takes in one call: each row is a change of its own, and a slow server has to answer in time. */
const MOST_ROWS = 200;
/** Half of what it takes in one body. */
const MOST_CHARACTERS = 256 * 1_024;

/** The rows in their order, in parts that one call can carry. */
export function splitRows(rows: readonly ImportRow[]): ImportRow[][] {
  const parts: ImportRow[][] = [];
  let part: ImportRow[] = [];
  let room = MOST_CHARACTERS;
  for (const row of rows) {
    const size = JSON.stringify(row.values).length;
    if (part.length > 0 && (part.length === MOST_ROWS || size > room)) {
      parts.push(part);
      part = [];
      room = MOST_CHARACTERS;
    }
    part.push(row);
    room -= size;
  }
  return part.length === 0 ? parts : [...parts, part];
}
