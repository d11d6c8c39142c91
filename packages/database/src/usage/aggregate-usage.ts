import type { Rollup, RollupKey } from './rollup.ts';
import { addSums, copySums, type UsageSums } from './usage-cell.ts';

export type KeyValue = number | string;

/** What a batch adds to one row of a rollup. Not to be added to: it may be a cell of the batch itself. */
export interface RollupRow {
  /** In the order of the rollup's keys. */
  readonly key: readonly KeyValue[];
  readonly sums: UsageSums;
}

interface OpenRow {
  readonly key: readonly KeyValue[];
  sums: UsageSums;
  /** Whether `sums` belongs to this row alone. */
  isOwn: boolean;
}

/**
 * The rows of a rollup that a batch adds to, sorted by key: everyone writes in the same order, so nobody waits in a circle. Made from the
 * cells of the batch, or from the sums of a rollup with finer keys.
 */
export function aggregateUsage({ keys }: Pick<Rollup, 'keys'>, parts: readonly UsageSums[]): RollupRow[] {
  const rows = new Map<string, OpenRow>();
  const isOfToken = keys[0] === 'token_id';
  for (const part of parts) {
    let name = '';
    for (const column of keys) name += `${keyValue(column, isOfToken, part)}\0`;
    const known = rows.get(name);
    if (known === undefined) rows.set(name, { key: keys.map((column) => keyValue(column, isOfToken, part)), sums: part, isOwn: false });
    else addPart(known, part);
  }
  return [...rows.values()].sort((a, b) => compareKeys(a.key, b.key));
}

/** Most rows of the finest rollup are a single cell, which is taken as it is. */
function addPart(row: OpenRow, part: UsageSums): void {
  if (!row.isOwn) row.sums = copySums(row.sums);
  row.isOwn = true;
  addSums(row.sums, part);
}

function keyValue(column: RollupKey, isOfToken: boolean, { keys }: UsageSums): KeyValue {
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
      return isOfToken ? keys.tokenEndpoint : keys.acrossEndpoint;
  }
}

function compareKeys(a: readonly KeyValue[], b: readonly KeyValue[]): number {
  for (let at = 0; at < a.length; at += 1) {
    const left = a[at] ?? 0;
    const right = b[at] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
