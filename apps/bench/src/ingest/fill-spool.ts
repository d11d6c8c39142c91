import { openSpool } from '@latchkey/bearer-auth';
import type { UsageRecord } from '@latchkey/core';

const RECORDS_PER_TURN = 500;

/** Leaves a spool in the directory as a server leaves one that could not reach its database. Answers its bytes. */
export async function fillSpool(directory: string, records: Iterable<UsageRecord>): Promise<number> {
  const spool = openSpool({ directory, capBytes: 64 * 1024 ** 3, segmentBytes: 8 * 1024 ** 2 });
  let appended = 0;
  for (const record of records) {
    spool.append(record, () => undefined);
    appended += 1;
    if (appended % RECORDS_PER_TURN === 0) await spool.settled();
  }
  await spool.settled();
  const { bytes, failed } = spool.stats();
  if (failed > 0) throw new Error(`${failed} records could not be written.`);
  await spool.close();
  return bytes;
}
