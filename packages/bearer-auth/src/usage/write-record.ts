import type { UsageRecord } from '@latchkey/core';
import { encodeRecord } from './record-codec.ts';

/** A place in a buffer that records are written to. `write…` move `at`; nobody looks behind the buffer's end. */
interface Cursor {
  bytes: Buffer;
  at: number;
}

/** JSON may write a character as `\u0000`, and UTF-8 takes up to three bytes for it. */
const MOST_BYTES_PER_CHARACTER = 6;
/** Everything that is not text: brackets, quotes, commas, numbers of up to 24 characters, the short names. */
const MOST_BYTES_BESIDE_TEXTS = 512;
const [OPEN, CLOSE, QUOTE, COMMA, BACKSLASH] = [0x5b, 0x5d, 0x22, 0x2c, 0x5c];
const ZERO = 0x30;
const NULL = 'null';

/** One for all: writing a record is never interrupted. */
const cursor: Cursor = { bytes: Buffer.alloc(0), at: 0 };

/** Room that `writeRecord` needs at most. */
export function mostBytesOf({ method, endpoint, path, ip, userAgent, outcome, requestId }: UsageRecord): number {
  const texts = method.length + endpoint.length + path.length + (ip?.length ?? 0) + (userAgent?.length ?? 0);
  return MOST_BYTES_BESIDE_TEXTS + MOST_BYTES_PER_CHARACTER * (texts + outcome.length + requestId.length);
}

/**
 * Writes a record at `at`, in the very bytes that `encodeRecord` has for it, and answers where it ends. Every request pays for this:
 * byte by byte it takes half the time of a list, a text and a copy of the text, and leaves nothing behind to be collected.
 */
export function writeRecord(record: UsageRecord, bytes: Buffer, at: number): number {
  cursor.bytes = bytes;
  cursor.at = at;
  if (record.via !== undefined) writeRaw(encodeRecord(record));
  else writeMembers(record);
  return cursor.at;
}

/** The order of `encodeRecord`. */
function writeMembers(record: UsageRecord): void {
  cursor.bytes[cursor.at++] = OPEN;
  writeText('r');
  writeNumber(record.tokenId);
  writeInstant(record.at);
  writeText(record.method);
  writeText(record.endpoint);
  writeText(record.path);
  writeNumber(record.status);
  writeNumber(record.durationUs);
  writeNumber(record.requestBytes);
  writeNumber(record.responseBytes);
  writeText(record.ip);
  writeText(record.userAgent);
  writeText(record.outcome);
  writeText(record.requestId);
  writeNumber(record.secretId);
  writeNumber(record.cost);
  writeText(record.trial);
  // In place of the last comma.
  cursor.bytes[cursor.at - 1] = CLOSE;
}

/** With the comma behind it, as all of these. What JSON escapes, and what is no ASCII, is left to those who know how. */
function writeText(text: string | null): void {
  if (text === null) writeAscii(NULL);
  else if (!writePlain(text)) writeJson(text);
}

/** `false`: there is more to it, and nothing was written. */
function writePlain(text: string): boolean {
  const { bytes } = cursor;
  let at = cursor.at;
  bytes[at++] = QUOTE;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
    bytes[at++] = code;
  }
  bytes[at++] = QUOTE;
  bytes[at++] = COMMA;
  cursor.at = at;
  return true;
}

function writeNumber(number: number | null): void {
  if (number === null || number < 0 || (number | 0) !== number) writeJson(number);
  else writeDigits(number);
}

function writeDigits(number: number): void {
  const { bytes } = cursor;
  let at = cursor.at + digitsOf(number);
  cursor.at = at + 1;
  bytes[at] = COMMA;
  let rest = number;
  do {
    const tens = (rest / 10) | 0;
    bytes[--at] = ZERO + rest - tens * 10;
    rest = tens;
  } while (rest !== 0);
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let bound = 10; bound <= number; bound *= 10) digits += 1;
  return digits;
}

let lastInstant = Number.NaN;
let lastInstantText = '';

/** Many requests arrive in the same millisecond. */
function writeInstant(instant: number): void {
  if (instant !== lastInstant) {
    lastInstantText = JSON.stringify(instant);
    lastInstant = instant;
  }
  writeAscii(lastInstantText);
}

function writeAscii(text: string): void {
  const { bytes } = cursor;
  let at = cursor.at;
  for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
  bytes[at++] = COMMA;
  cursor.at = at;
}

function writeJson(value: unknown): void {
  writeRaw(`${JSON.stringify(value)},`);
}

function writeRaw(text: string): void {
  cursor.at += cursor.bytes.write(text, cursor.at, 'utf8');
}
