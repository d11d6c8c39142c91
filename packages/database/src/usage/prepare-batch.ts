import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SpoolRecord, UnknownAttempts, UsageRecord } from '@latchkey/core';
import { type CleanRecord, cleanAttempts, cleanLoss, cleanRecord } from './clean-record.ts';
import { encodeUsageRows } from './copy-encoder.ts';
import { createGatewayHourCounter, type GatewayHours } from './gateway-hour.ts';
import { createUsageCells, type UsageSums } from './usage-cell.ts';

/** A batch as far as it can be worked on without the database. */
export interface PreparedBatch {
  /** Rows of the log, encoded for COPY. */
  readonly log: readonly Buffer[];
  /** How many those are. */
  readonly rows: number;
  readonly cells: readonly UsageSums[];
  /** Each once. */
  readonly tokenIds: readonly number[];
  readonly attempts: readonly UnknownAttempts[];
  /** What became of the records, hour by hour. */
  readonly hours: GatewayHours;
  /** Requests that are not stored: of tokens that are not wanted, or that can not be. */
  readonly dropped: number;
}

/** So many records at a time take a few milliseconds, in which this thread does nothing else. */
const SLICE = 1_000;

/** `isWanted`: whether requests of this token are stored; default: of every token. */
export async function prepareBatch(
  records: readonly SpoolRecord[],
  now: () => number,
  isWanted: (tokenId: number) => boolean = () => true,
): Promise<PreparedBatch> {
  const batch = openBatch(now, isWanted);
  for (let start = 0; start < records.length; start += SLICE) {
    if (start > 0) await nextTurn();
    batch.add(records.slice(start, start + SLICE));
  }
  return batch.result();
}

function openBatch(now: () => number, isWanted: (tokenId: number) => boolean) {
  const { add, cells } = createUsageCells();
  const log: Buffer[] = [];
  const attempts: UnknownAttempts[] = [];
  const tokenIds = new Set<number>();
  const hourly = createGatewayHourCounter();
  let rows = 0;
  let dropped = 0;

  function clean(record: UsageRecord): CleanRecord | null {
    const cleaned = cleanRecord(record, now());
    const isStored = cleaned !== null && isWanted(cleaned.tokenId);
    hourly.note(cleaned?.at ?? now(), isStored ? 'stored' : 'unwanted');
    if (isStored) return cleaned;
    dropped += 1;
    return null;
  }

  return {
    add(slice: readonly SpoolRecord[]): void {
      const requests = slice.flatMap((record) => (record.kind === 'request' ? (clean(record) ?? []) : []));
      attempts.push(...slice.flatMap((record) => (record.kind === 'unknown' ? (cleanAttempts(record, now()) ?? []) : [])));
      for (const record of slice) if (record.kind === 'loss') hourly.noteLoss(cleanLoss(record, now()));
      if (requests.length === 0) return;
      for (const record of requests) add(record);
      for (const { tokenId } of requests) tokenIds.add(tokenId);
      log.push(encodeUsageRows(requests));
      rows += requests.length;
    },
    result: (): PreparedBatch => ({ log, rows, cells, tokenIds: [...tokenIds], attempts, hours: hourly.hours, dropped }),
  };
}
