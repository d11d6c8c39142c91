import { hasBadBytes } from '../../http/field-text.ts';
import { parseFieldLine } from './response-head.ts';

export type OnBody = (bytes: Buffer, start: number, end: number) => void;

/** Takes a chunked body apart (RFC 9112 §7.1). Extensions and trailers are read, bounded and dropped. */
export interface ChunkedReader {
  begin(): void;
  /**
   * Reads from `at` up to `end` at most, and answers where it stopped: behind the body once it `isDone`, else at `end`. `-1`: this is no
   * chunked body.
   */
  read(bytes: Buffer, at: number, end: number, onBody: OnBody): number;
  readonly isDone: boolean;
}

type State = 'size' | 'blank' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done';

/** 12 hexadecimal digits are below 2^53. */
const MAX_SIZE_DIGITS = 12;
/** Of all chunks of a body together: extensions would make one byte as long as one likes. */
const MAX_EXTENSION_BYTES = 16_384;
const MAX_TRAILER_BYTES = 16_384;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

export function createChunkedReader(): ChunkedReader {
  let state: State = 'done';
  let size = 0;
  let digits = 0;
  let extensionBytes = 0;
  let trailerBytes = 0;
  let trailer = '';

  function begin(): void {
    beginSize();
    extensionBytes = 0;
    trailerBytes = 0;
    trailer = '';
  }

  function beginSize(): void {
    state = 'size';
    size = 0;
    digits = 0;
  }

  function read(bytes: Buffer, from: number, end: number, onBody: OnBody): number {
    let at = from;
    while (at < end && state !== 'done') {
      if (state === 'data') {
        const stop = Math.min(end, at + size);
        onBody(bytes, at, stop);
        size -= stop - at;
        at = stop;
        if (size === 0) state = 'data-cr';
      } else {
        if (!take(bytes[at] ?? 0)) return -1;
        at += 1;
      }
    }
    return at;
  }

  /** One byte of framing. */
  function take(byte: number): boolean {
    switch (state) {
      case 'size':
        return takeSize(byte);
      case 'blank':
        return takeBlank(byte);
      case 'extension':
        return takeExtension(byte);
      case 'size-lf':
        state = size === 0 ? 'trailer' : 'data';
        return byte === LF;
      case 'data-cr':
        state = 'data-lf';
        return byte === CR;
      case 'data-lf':
        beginSize();
        return byte === LF;
      default:
        return takeTrailer(byte);
    }
  }

  function takeSize(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit !== -1) {
      size = size * 16 + digit;
      digits += 1;
      return digits <= MAX_SIZE_DIGITS;
    }
    if (digits === 0) return false;
    return byte === CR ? endSize() : takeBlank(byte);
  }

  /** RFC 9112 §7.1.1 allows blanks before an extension, and nowhere else. */
  function takeBlank(byte: number): boolean {
    extensionBytes += 1;
    state = byte === SEMICOLON ? 'extension' : 'blank';
    return (byte === SEMICOLON || byte === SPACE || byte === TAB) && extensionBytes <= MAX_EXTENSION_BYTES;
  }

  function takeExtension(byte: number): boolean {
    if (byte === CR) return endSize();
    extensionBytes += 1;
    return (byte >= SPACE || byte === TAB) && byte !== DELETE && extensionBytes <= MAX_EXTENSION_BYTES;
  }

  function endSize(): boolean {
    state = 'size-lf';
    return true;
  }

  function takeTrailer(byte: number): boolean {
    trailerBytes += 1;
    trailer += String.fromCharCode(byte);
    if (trailerBytes > MAX_TRAILER_BYTES) return false;
    if (byte !== LF) return true;
    if (trailer === '\r\n') {
      state = 'done';
      return true;
    }
    const isField = !hasBadBytes(trailer) && parseFieldLine(trailer.slice(0, -2)) !== null;
    trailer = '';
    return isField;
  }

  return {
    begin,
    read,
    get isDone() {
      return state === 'done';
    },
  };
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
