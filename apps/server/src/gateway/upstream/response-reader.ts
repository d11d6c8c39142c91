import { hasBadBytes } from '../../http/field-text.ts';
import { type ChunkedReader, createChunkedReader, type OnBody } from './chunked-reader.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';

/** What is read of a response, in order. */
export interface ResponseParts {
  onHead(head: ResponseHead): void;
  /** A part of the body: `bytes` from `start` to `end`. They are overwritten after the call. */
  readonly onBody: OnBody;
}

/**
 * `open`: more must come. `complete`: the response is whole, and nothing is left. `surplus`: whole, and bytes follow that nobody asked for.
 * `bad`: this is no response; what was given of it must be thrown away.
 */
export type ReadVerdict = 'open' | 'complete' | 'surplus' | 'bad';

/** Reads responses of HTTP/1.x out of a stream of bytes, however the stream is cut. Its verdicts do not depend on the cuts. */
export interface ResponseReader {
  /** Makes it ready for the answer to a request of this method. */
  begin(method: string): void;
  /** Reads the first `length` of `bytes`. Not to be called after any verdict but `open`. */
  read(bytes: Buffer, length: number): ReadVerdict;
  /** The upstream sends no more. */
  close(): ReadVerdict;
}

/** Of all heads of one answer together, informational ones included. */
export const MAX_HEAD_BYTES = 65_536;
export const MAX_INFORMATIONAL = 32;

const END_OF_HEAD = '\r\n\r\n';
const VERSION = 'HTTP/1.';
const NO_BYTES = Buffer.alloc(0);

export function createResponseReader(parts: ResponseParts): ResponseReader {
  let method = '';
  let state: 'head' | 'length' | 'chunked' | 'until-close' = 'head';
  /** The beginning of a head that came in pieces. */
  let pending = NO_BYTES;
  let headBytes = 0;
  let informational = 0;
  let left = 0;
  let chunks: ChunkedReader | null = null;

  function begin(nextMethod: string): void {
    method = nextMethod;
    state = 'head';
    pending = NO_BYTES;
    headBytes = 0;
    informational = 0;
  }

  function read(bytes: Buffer, length: number): ReadVerdict {
    if (state !== 'head') return readBody(bytes, 0, length);
    if (pending.length === 0) return readHeads(bytes, 0, length);
    const from = pending.length;
    pending = Buffer.concat([pending, bytes.subarray(0, length)]);
    return readHeads(pending, 0, pending.length, from);
  }

  /** Heads up to the final one, and what follows it. `seen` bytes have been searched for the end of the first. */
  function readHeads(bytes: Buffer, from: number, length: number, seen = 0): ReadVerdict {
    let at = from;
    let searched = seen;
    for (;;) {
      const text = bytes.toString('latin1', at, Math.min(length, at + MAX_HEAD_BYTES - headBytes + END_OF_HEAD.length));
      const end = text.indexOf(END_OF_HEAD, Math.max(0, searched - END_OF_HEAD.length + 1));
      if (end === -1) return keepPart(bytes, at, length, text);
      headBytes += end + END_OF_HEAD.length;
      if (headBytes > MAX_HEAD_BYTES) return 'bad';
      const head = parseResponseHead(text.slice(0, end + 2), method);
      if (head === null || !isExpected(head.status)) return 'bad';
      at += end + END_OF_HEAD.length;
      searched = 0;
      if (head.status < 200) continue;
      pending = NO_BYTES;
      return beginBody(head, bytes, at, length);
    }
  }

  function keepPart(bytes: Buffer, at: number, length: number, text: string): ReadVerdict {
    if (headBytes + length - at > MAX_HEAD_BYTES) return 'bad';
    // Nobody needs to wait for the end of what can not become a head.
    if (!text.startsWith(VERSION) && !VERSION.startsWith(text)) return 'bad';
    if (hasBadBytes(text)) return 'bad';
    if (bytes !== pending || at !== 0) pending = Buffer.from(bytes.subarray(at, length));
    return 'open';
  }

  /** An upgrade that nobody asked for is none; and a server must not keep us with promises. */
  function isExpected(status: number): boolean {
    if (status >= 200) return true;
    informational += 1;
    return status !== 101 && informational <= MAX_INFORMATIONAL;
  }

  function beginBody(head: ResponseHead, bytes: Buffer, at: number, length: number): ReadVerdict {
    parts.onHead(head);
    switch (head.framing.kind) {
      case 'none':
        return at === length ? 'complete' : 'surplus';
      case 'length':
        left = head.framing.length;
        state = 'length';
        break;
      case 'chunked':
        chunks ??= createChunkedReader();
        chunks.begin();
        state = 'chunked';
        break;
      default:
        state = 'until-close';
    }
    return at === length ? 'open' : readBody(bytes, at, length);
  }

  function readBody(bytes: Buffer, at: number, length: number): ReadVerdict {
    if (state === 'length') return readLength(bytes, at, length);
    if (state === 'chunked' && chunks !== null) return readChunks(chunks, bytes, at, length);
    parts.onBody(bytes, at, length);
    return 'open';
  }

  function readLength(bytes: Buffer, at: number, length: number): ReadVerdict {
    const end = Math.min(length, at + left);
    parts.onBody(bytes, at, end);
    left -= end - at;
    if (left > 0) return 'open';
    return end === length ? 'complete' : 'surplus';
  }

  function readChunks(reader: ChunkedReader, bytes: Buffer, at: number, length: number): ReadVerdict {
    const end = reader.read(bytes, at, length, parts.onBody);
    if (end === -1) return 'bad';
    if (!reader.isDone) return 'open';
    return end === length ? 'complete' : 'surplus';
  }

  return {
    begin,
    read,
    close: () => (state === 'until-close' ? 'complete' : 'bad'),
  };
}
