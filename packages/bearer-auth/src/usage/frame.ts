import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SpoolRecord, UsageRecord } from '@latchkey/core';
import { type BatchHeader, decodeBatchHeader, encodeBatchHeader } from './batch-header.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { mostBytesOf, writeRecord } from './write-record.ts';

// A frame: marker (4 bytes, the last one is the format's version), CRC-32 (4) over all that follows, payload length (4), payload.
// 0xFF never occurs in UTF-8, so the marker can not be part of a payload: after damage the next marker is the next record.
const MARKER = Buffer.from([0xff, 0x4c, 0x4b, 0x01]);
const MARKER_NUMBER = MARKER.readUInt32LE(0);
const CRC_AT = 4;
const LENGTH_AT = 8;
const PAYLOAD_AT = 12;
const MAX_PAYLOAD_BYTES = 65_536;

/** No frame is longer; a buffer of this size at a frame's start holds all of it. */
export const MAX_FRAME_BYTES = PAYLOAD_AT + MAX_PAYLOAD_BYTES;

const KEPT_BUFFER_BYTES = 1024 * 1024;
const HEADER_BYTES = PAYLOAD_AT + encodeBatchHeader({ writer: '00000000', first: 0, count: 0 }).length;

/** Frames gathered for one write. */
export interface FrameBatch {
  /** 0 while nothing was added. */
  readonly byteLength: number;
  /** `false` when the record is too large for a frame. */
  add(record: SpoolRecord): boolean;
  /**
   * The bytes gathered so far, behind a header that counts them; valid until the next `add`. The batch is empty afterwards.
   * `first`: how many records the writer had made durable before these.
   */
  take(first: number): Uint8Array;
}

/** `writer`: 8 lower-case hex characters. Default: random ones. */
export function createFrameBatch(writer = randomBytes(4).toString('hex')): FrameBatch {
  let buffer = Buffer.allocUnsafe(16_384);
  // The header is written last, in front of what it counts.
  let length = HEADER_BYTES;
  let count = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  }

  /** Both write behind the last frame, and answer how many bytes: nothing is lost where these are too many. */
  function addRequest(record: UsageRecord): number {
    reserve(PAYLOAD_AT + mostBytesOf(record));
    return writeRecord(record, buffer, length + PAYLOAD_AT) - length - PAYLOAD_AT;
  }

  function addText(text: string): number {
    reserve(PAYLOAD_AT + text.length * 3);
    return buffer.write(text, length + PAYLOAD_AT, 'utf8');
  }

  return {
    get byteLength() {
      return length - HEADER_BYTES;
    },
    add(record) {
      const payloadBytes = record.kind === 'request' ? addRequest(record) : addText(encodeRecord(record));
      if (payloadBytes > MAX_PAYLOAD_BYTES) return false;
      length = sealFrame(buffer, length, payloadBytes);
      count += 1;
      return true;
    },
    take(first) {
      sealFrame(buffer, 0, buffer.write(encodeBatchHeader({ writer, first, count }), PAYLOAD_AT, 'latin1'));
      const taken = buffer.subarray(0, length);
      length = HEADER_BYTES;
      count = 0;
      if (buffer.length > KEPT_BUFFER_BYTES) buffer = Buffer.allocUnsafe(16_384);
      return taken;
    },
  };
}

/** Completes the frame at `at` around its payload; answers where it ends. */
function sealFrame(buffer: Buffer, at: number, payloadBytes: number): number {
  const end = at + PAYLOAD_AT + payloadBytes;
  buffer.writeUInt32LE(MARKER_NUMBER, at);
  buffer.writeUInt32LE(payloadBytes, at + LENGTH_AT);
  buffer.writeUInt32LE(crc32(buffer.subarray(at + LENGTH_AT, end)), at + CRC_AT);
  return end;
}

/** Where a write began, among the records of a stretch. */
export interface FoundHeader extends BatchHeader {
  /** Records of the stretch that come before it. */
  readonly before: number;
}

/** What a stretch of a segment held. */
export interface DecodedFrames {
  readonly records: readonly SpoolRecord[];
  /** In their order. Segments of earlier versions have none. */
  readonly headers: readonly FoundHeader[];
  /** Bytes that are done with: whole frames and damage. What follows begins with a frame that has not ended yet. */
  readonly consumed: number;
  /** Damaged stretches, each of one or more records. */
  readonly corrupt: number;
  readonly corruptBytes: number;
}

/**
 * Reads frames from the start of `bytes` until `limit` records or the end. Damage is skipped up to the next whole frame.
 * `final`: nothing follows these bytes, so an unfinished frame at their end is damage too; otherwise it is left for the next read,
 * for which `bytes` must be able to hold a whole frame (`MAX_FRAME_BYTES`).
 */
export function decodeFrames(bytes: Buffer, final: boolean, limit: number): DecodedFrames {
  const records: SpoolRecord[] = [];
  const headers: FoundHeader[] = [];
  let at = 0;
  let corrupt = 0;
  let corruptBytes = 0;
  while (at < bytes.length && records.length < limit) {
    const frame = readFrame(bytes, at, final);
    if (frame === 'unfinished') break;
    if (frame !== 'damaged') {
      if ('header' in frame) headers.push({ ...frame.header, before: records.length });
      else records.push(frame.record);
      at = frame.end;
      continue;
    }
    const next = findFrame(bytes, at + 1, final);
    corrupt += 1;
    corruptBytes += next - at;
    at = next;
  }
  return { records, headers, consumed: at, corrupt, corruptBytes };
}

type Frame =
  | { readonly record: SpoolRecord; readonly end: number }
  | { readonly header: BatchHeader; readonly end: number }
  | 'unfinished'
  | 'damaged';

function readFrame(bytes: Buffer, at: number, final: boolean): Frame {
  const cut = final ? 'damaged' : 'unfinished';
  if (at + PAYLOAD_AT > bytes.length) return startsLikeMarker(bytes, at) ? cut : 'damaged';
  if (bytes.readUInt32LE(at) !== MARKER_NUMBER) return 'damaged';
  const payloadBytes = bytes.readUInt32LE(at + LENGTH_AT);
  if (payloadBytes > MAX_PAYLOAD_BYTES) return 'damaged';
  const end = at + PAYLOAD_AT + payloadBytes;
  if (end > bytes.length) return cut;
  if (crc32(bytes.subarray(at + LENGTH_AT, end)) !== bytes.readUInt32LE(at + CRC_AT)) return 'damaged';
  return decodePayload(bytes.toString('utf8', at + PAYLOAD_AT, end), end);
}

function decodePayload(text: string, end: number): Frame {
  const record = decodeRecord(text);
  if (record !== null) return { record, end };
  const header = decodeBatchHeader(text);
  return header === null ? 'damaged' : { header, end };
}

function startsLikeMarker(bytes: Buffer, at: number): boolean {
  const length = Math.min(MARKER.length, bytes.length - at);
  return bytes.compare(MARKER, 0, length, at, at + length) === 0;
}

/** The next place at which a frame may begin, or the end. */
function findFrame(bytes: Buffer, from: number, final: boolean): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    if (readFrame(bytes, at, final) !== 'damaged') return at;
  }
  return bytes.length;
}
