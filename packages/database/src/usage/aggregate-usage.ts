import type { Outcome } from '@latchkey/core';
import type { CleanRecord } from './clean-record.ts';
import { COUNT_COLUMNS, OUTCOME_COLUMNS, type Rollup, type RollupKey, sumColumns, TRIAL_COLUMNS } from './rollup.ts';

export type KeyValue = number | string;

/** What a batch adds to one row of a rollup. */
export interface RollupRow {
  readonly key: readonly KeyValue[];
  /** In the order of `sumColumns`. */
  readonly sums: number[];
  /** By bucket; as long as its highest bucket. */
  readonly latency: number[];
  lastAt: number;
}

/** A record and, where the cap put it under `(other)`, the endpoint under which it is summed. */
export interface CountedRecord extends CleanRecord {
  readonly tokenEndpoint?: string;
  readonly acrossEndpoint?: string;
}

const COLUMN_OF_OUTCOME: Partial<Record<Outcome, (typeof OUTCOME_COLUMNS)[number]>> = {
  KEY_REVOKED: 'denied_revoked',
  KEY_DISABLED: 'denied_disabled',
  KEY_NOT_YET_VALID: 'denied_not_yet_valid',
  KEY_EXPIRED: 'denied_expired',
  ENVIRONMENT_MISMATCH: 'denied_environment',
  ENDPOINT_NOT_ALLOWED: 'denied_endpoint',
  INSUFFICIENT_SCOPE: 'denied_scope',
  RATE_LIMITED: 'denied_rate',
  USAGE_EXCEEDED: 'denied_quota',
  UPSTREAM_ERROR: 'upstream_failed',
  UPSTREAM_TIMEOUT: 'upstream_failed',
  CLIENT_CLOSED: 'client_closed',
};

/** The rows of a rollup that a batch adds to, sorted by key: everyone writes in the same order, so nobody waits in a circle. */
export function aggregateUsage(rollup: Rollup, records: readonly CountedRecord[]): RollupRow[] {
  const rows = new Map<string, RollupRow>();
  for (const record of records) addRecord(rollup, rowOf(rollup, rows, record), record);
  return [...rows.values()].sort((a, b) => compareKeys(a.key, b.key));
}

function rowOf(rollup: Rollup, rows: Map<string, RollupRow>, record: CountedRecord): RollupRow {
  let name = '';
  for (const column of rollup.keys) name += `${keyValue(rollup, column, record)}\0`;
  const known = rows.get(name);
  if (known) return known;
  const key = rollup.keys.map((column) => keyValue(rollup, column, record));
  const sums = Array<number>(sumColumns(rollup).length).fill(0);
  const row = { key, sums, latency: [], lastAt: 0 };
  rows.set(name, row);
  return row;
}

function keyValue(rollup: Rollup, column: RollupKey, record: CountedRecord): KeyValue {
  switch (column) {
    case 'token_id':
      return record.tokenId;
    case 'secret_id':
      return record.secretId ?? 0;
    case 'hour':
      return record.hour;
    case 'day':
      return record.day;
    case 'method':
      return record.method;
    case 'endpoint':
      return (rollup.keys[0] === 'token_id' ? record.tokenEndpoint : record.acrossEndpoint) ?? record.endpoint;
  }
}

function addRecord(rollup: Rollup, row: RollupRow, record: CountedRecord): void {
  const { sums, latency } = row;
  add(sums, 0, 1);
  add(sums, classColumn(record.status), 1);
  add(sums, 5, record.durationUs);
  add(sums, 6, record.requestBytes);
  add(sums, 7, record.responseBytes);
  if (rollup.outcomes) addOutcome(sums, record.outcome);
  if (rollup.outcomes && record.trial !== null) addTrial(sums, record.trial);
  while (latency.length <= record.latencyBucket) latency.push(0);
  add(latency, record.latencyBucket, 1);
  row.lastAt = Math.max(row.lastAt, record.at);
}

/** Place in `COUNT_COLUMNS`; 499 and the refusals are client errors, 429 has a class of its own. */
function classColumn(status: number): number {
  if (status < 400) return 1;
  if (status === 429) return 3;
  return status < 500 ? 2 : 4;
}

function addOutcome(sums: number[], outcome: Outcome): void {
  if (outcome === 'VALID') return;
  add(sums, COUNT_COLUMNS.length + OUTCOME_COLUMNS.indexOf(COLUMN_OF_OUTCOME[outcome] ?? 'denied_other'), 1);
}

const COLUMN_OF_TRIAL: Readonly<Record<string, (typeof TRIAL_COLUMNS)[number]>> = {
  ENDPOINT_NOT_ALLOWED: 'trial_endpoint',
  INSUFFICIENT_SCOPE: 'trial_scope',
  RATE_LIMITED: 'trial_rate',
};

/** Nothing else can be on trial. */
function addTrial(sums: number[], code: string): void {
  const column = COLUMN_OF_TRIAL[code];
  if (column !== undefined) add(sums, COUNT_COLUMNS.length + OUTCOME_COLUMNS.length + TRIAL_COLUMNS.indexOf(column), 1);
}

function add(sums: number[], at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value;
}

function compareKeys(a: readonly KeyValue[], b: readonly KeyValue[]): number {
  for (let at = 0; at < a.length; at += 1) {
    const left = a[at] ?? 0;
    const right = b[at] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
