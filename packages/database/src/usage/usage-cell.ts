import type { DenialCode, Outcome } from '@latchkey/core';
import type { CleanRecord } from './clean-record.ts';
import { type OUTCOME_COLUMNS, SUM_COLUMNS, type TRIAL_COLUMNS } from './rollup.ts';

/** What the rows of rollups are told apart by; each rollup looks at its own part of it. */
export interface UsageKeys {
  readonly tokenId: number;
  readonly secretId: number | null;
  /** Epoch milliseconds of the beginning, UTC. */
  readonly hour: number;
  readonly day: number;
  readonly method: string;
  readonly endpoint: string;
  /** Under which the endpoint is summed, by token and across tokens: the cap may put it under `(other)`. */
  tokenEndpoint: string;
  acrossEndpoint: string;
}

/** Sums over requests with the same keys. */
export interface UsageSums {
  readonly keys: UsageKeys;
  /** In the order of `SUM_COLUMNS`; those behind the last one above zero may be missing. */
  readonly sums: number[];
  /** By bucket; as long as its highest bucket. */
  readonly latency: number[];
  /** Of the newest request of all of them; the records themselves are not kept. */
  lastAt: number;
  lastIp: string | null;
  lastUserAgent: string | null;
  /** Epoch milliseconds of the first and the last request whose token was good; 0: none was. */
  firstUseAt: number;
  lastUseAt: number;
}

/** Refusals of the token itself: these never count as a use of it (C-14). */
const NOT_A_USE: readonly DenialCode[] = [
  'INVALID_API_KEY',
  'KEY_REVOKED',
  'KEY_DISABLED',
  'KEY_NOT_YET_VALID',
  'KEY_EXPIRED',
  'ENVIRONMENT_MISMATCH',
];

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

/** Nothing else can be on trial. */
const COLUMN_OF_TRIAL: Readonly<Record<string, (typeof TRIAL_COLUMNS)[number]>> = {
  ENDPOINT_NOT_ALLOWED: 'trial_endpoint',
  INSUFFICIENT_SCOPE: 'trial_scope',
  RATE_LIMITED: 'trial_rate',
};

const [OK, CLIENT_ERROR, LIMITED, SERVER_ERROR] = [1, 2, 3, 4];

/**
 * Sums a batch by the finest keys that any rollup has. Every rollup is then made from these cells, of which there are far fewer than
 * records: a record is looked at once, and without a text being put together for it.
 */
export function createUsageCells() {
  const cells: UsageSums[] = [];
  const hours = new Map<number, Map<number, Map<string, UsageSums[]>>>();

  function cellOf(record: CleanRecord): UsageSums {
    const tokens = entryOf(hours, record.hour, newMap<number, Map<string, UsageSums[]>>);
    const endpoints = entryOf(tokens, record.tokenId, newMap<string, UsageSums[]>);
    const candidates = entryOf(endpoints, record.endpoint, newList);
    for (const cell of candidates) {
      if (cell.keys.method === record.method && cell.keys.secretId === record.secretId) return cell;
    }
    const cell = newCell(record);
    candidates.push(cell);
    cells.push(cell);
    return cell;
  }

  return {
    add: (record: CleanRecord) => addRecord(cellOf(record), record),
    /** In the order in which each was first seen. */
    cells: cells as readonly UsageSums[],
  };
}

/** Adds the sums of `from` to those of `to`. */
export function addSums(to: UsageSums, from: UsageSums): void {
  addAll(to.sums, from.sums);
  addAll(to.latency, from.latency);
  noteLast(to, from.lastAt, from.lastIp, from.lastUserAgent);
  if (from.firstUseAt > 0) noteUses(to, from.firstUseAt, from.lastUseAt);
}

/** The same, to be added to. */
export function copySums(from: UsageSums): UsageSums {
  return { ...from, sums: from.sums.slice(), latency: from.latency.slice() };
}

function newCell(record: CleanRecord): UsageSums {
  const { tokenId, secretId, hour, day, method, endpoint } = record;
  const keys = { tokenId, secretId, hour, day, method, endpoint, tokenEndpoint: endpoint, acrossEndpoint: endpoint };
  const last = { lastAt: record.at, lastIp: record.ip, lastUserAgent: record.userAgent };
  return { keys, sums: [0, 0, 0, 0, 0, 0, 0, 0], latency: [], ...last, firstUseAt: 0, lastUseAt: 0 };
}

function addRecord(cell: UsageSums, record: CleanRecord): void {
  const { sums, latency } = cell;
  add(sums, 0, 1);
  add(sums, classColumn(record.status), 1);
  add(sums, 5, record.durationUs);
  add(sums, 6, record.requestBytes);
  add(sums, 7, record.responseBytes);
  add(latency, record.latencyBucket, 1);
  if (record.outcome !== 'VALID') add(sums, SUM_COLUMNS.indexOf(COLUMN_OF_OUTCOME[record.outcome] ?? 'denied_other'), 1);
  if (record.trial !== null) addTrial(sums, record.trial);
  noteLast(cell, record.at, record.ip, record.userAgent);
  if (isUse(record.outcome)) noteUses(cell, record.at, record.at);
}

/** Place in `COUNT_COLUMNS`; 499 and the refusals are client errors, 429 has a class of its own. */
function classColumn(status: number): number {
  if (status < 400) return OK;
  if (status === 429) return LIMITED;
  return status < 500 ? CLIENT_ERROR : SERVER_ERROR;
}

function addTrial(sums: number[], code: string): void {
  const column = COLUMN_OF_TRIAL[code];
  if (column !== undefined) add(sums, SUM_COLUMNS.indexOf(column), 1);
}

function isUse(outcome: Outcome): boolean {
  return outcome === 'VALID' || !(NOT_A_USE as readonly Outcome[]).includes(outcome);
}

function noteLast(sums: UsageSums, at: number, ip: string | null, userAgent: string | null): void {
  if (at < sums.lastAt) return;
  sums.lastAt = at;
  sums.lastIp = ip;
  sums.lastUserAgent = userAgent;
}

function noteUses(sums: UsageSums, first: number, last: number): void {
  if (sums.firstUseAt === 0 || first < sums.firstUseAt) sums.firstUseAt = first;
  if (last > sums.lastUseAt) sums.lastUseAt = last;
}

/** Grows the list with zeros up to the place. */
function add(list: number[], at: number, value: number): void {
  while (list.length <= at) list.push(0);
  list[at] = (list[at] ?? 0) + value;
}

function addAll(to: number[], from: readonly number[]): void {
  while (to.length < from.length) to.push(0);
  for (let at = 0; at < from.length; at += 1) to[at] = (to[at] ?? 0) + (from[at] ?? 0);
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}

function newMap<Key, Value>(): Map<Key, Value> {
  return new Map();
}

function newList(): UsageSums[] {
  return [];
}
