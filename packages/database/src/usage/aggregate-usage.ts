import type { Rollup, RollupKey } from './rollup.ts';
import { addSums, copySums, type UsageSums } from './usage-cell.ts';

export type KeyValue = number | string;

/**
 * The rows of a rollup that a batch adds to, sorted by key: everyone writes in the same order, so nobody waits in a circle. Made from the
 * cells of the batch, or from the rows of a rollup with finer keys. Not to be added to: a row may be a cell of the batch itself.
 */
export function aggregateUsage({ keys }: Pick<Rollup, 'keys'>, parts: readonly UsageSums[]): UsageSums[] {
  const rows: UsageSums[] = [];
  appendRows(rows, keys, 0, parts);
  return rows;
}

/** What a row is told apart by in this column. */
export function keyValue({ keys: [first] }: Pick<Rollup, 'keys'>, column: RollupKey, { keys }: UsageSums): KeyValue {
  switch (column) {
    case 'token_id':
      return keys.tokenId;
    case 'secret_id':
      return keys.secretId ?? 0;
    case 'hour':
      return keys.hour;
    case 'day':
      return keys.day;
    case 'method':
      return keys.method;
    case 'endpoint':
      return first === 'token_id' ? keys.tokenEndpoint : keys.acrossEndpoint;
  }
}

/** Column by column: no key is put together, and values are compared only with others of the same column. */
function appendRows(rows: UsageSums[], keys: Rollup['keys'], depth: number, parts: readonly UsageSums[]): void {
  const [only] = parts;
  const column = keys[depth];
  if (only !== undefined && parts.length === 1) rows.push(only);
  else if (column === undefined) rows.push(sumOf(parts));
  else for (const group of groupsOf(keys, column, parts)) appendRows(rows, keys, depth + 1, group);
}

/** In the order of the column's values. */
function groupsOf(keys: Rollup['keys'], column: RollupKey, parts: readonly UsageSums[]): UsageSums[][] {
  const groups = new Map<KeyValue, UsageSums[]>();
  const rollup = { keys };
  for (const part of parts) {
    const value = keyValue(rollup, column, part);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [part]);
    else group.push(part);
  }
  if (groups.size < 2) return [...groups.values()];
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function sumOf([first, ...others]: readonly UsageSums[]): UsageSums {
  if (first === undefined) throw new Error('A row is the sum of something.');
  const sums = copySums(first);
  for (const other of others) addSums(sums, other);
  return sums;
}
