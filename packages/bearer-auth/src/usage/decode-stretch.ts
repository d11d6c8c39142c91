import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SpoolRecord } from '@latchkey/core';
import { type DecodedFrames, decodeFrames, type FoundHeader } from './frame.ts';

/** So many records at a time take a few milliseconds, in which this thread does nothing else. */
const SLICE = 1_000;

/** As `decodeFrames`, with turns for other work of this thread in between. */
export async function decodeStretch(bytes: Buffer, final: boolean, limit: number): Promise<DecodedFrames> {
  const records: SpoolRecord[] = [];
  const headers: FoundHeader[] = [];
  let consumed = 0;
  let corrupt = 0;
  let corruptBytes = 0;
  for (;;) {
    const slice = decodeFrames(bytes.subarray(consumed), final, Math.min(SLICE, limit - records.length));
    for (const header of slice.headers) headers.push({ ...header, before: header.before + records.length });
    for (const record of slice.records) records.push(record);
    consumed += slice.consumed;
    corrupt += slice.corrupt;
    corruptBytes += slice.corruptBytes;
    const isOver = slice.consumed === 0 || consumed === bytes.length || records.length >= limit;
    if (isOver) return { records, headers, consumed, corrupt, corruptBytes };
    await nextTurn();
  }
}
