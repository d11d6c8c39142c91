import type { Rollup, RollupKey } from './rollup.ts';
import { addSums, copySums, type UsageSums } from './usage-cell.ts';

export type KeyValue = number | string;
export type KeyReader = (row: UsageSums) => KeyValue;

/**
 * The rows of a rollup that a batch adds to, sorted by key: everyone writes in the same order, so nobody waits in a circle. Made from the
 * cells of the batch, or from the rows of a rollup with finer keys. Not to be added to: a row may be a cell of the batch itself.
 */
export function aggregateUsage({ keys }: Pick<Rollup, 'keys'>, parts: readonly UsageSums[]): UsageSums[] {
  const rows: UsageSums[] = [];
  appendRows(rows, keyReaders({ keys }), 0, parts);
  return rows;
}

/** What rows are told apart by, column by column. */
export function keyReaders({ keys }: Pick<Rollup, 'keys'>): KeyReader[] {
  const isOfToken = keys[0] === 'token_id';
  return keys.map((column) => (column === 'endpoint' && isOfToken ? tokenEndpoint : READERS[column]));
}

const READERS: Record<RollupKey, KeyReader> = {
  token_id: ({ keys }) => keys.tokenId,
  secret_id: ({ keys }) => keys.secretId ?? 0,
  hour: ({ keys }) => keys.hour,
  day: ({ keys }) => keys.day,
  method: ({ keys }) => keys.method,
  endpoint: ({ keys }) => keys.acrossEndpoint,
};

function tokenEndpoint({ keys }: UsageSums): KeyValue {
  return keys.tokenEndpoint;
}

/** Column by column: no key is put together, and values are compared only with others of the same column. */
function appendRows(rows: UsageSums[], readers: readonly KeyReader[], depth: number, parts: readonly UsageSums[]): void {
  const [only] = parts;
  const read = readers[depth];
  if (only !== undefined && parts.length === 1) rows.push(only);
  else if (read === undefined) rows.push(sumOf(parts));
  else for (const group of groupsOf(read, parts)) appendRows(rows, readers, depth + 1, group);
}

/** In the order of the column's values. */
function groupsOf(read: KeyReader, parts: readonly UsageSums[]): UsageSums[][] {
  const groups = new Map<KeyValue, UsageSums[]>();
  for (const part of parts) {
    const value = read(part);
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
