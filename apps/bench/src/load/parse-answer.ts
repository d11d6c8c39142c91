import { parseHead } from './parse-head.ts';

/** What the bytes of a connection hold: one whole answer and nothing else, the beginning of one, or something that no answer begins with. */
export type ParsedAnswer =
  | { readonly kind: 'whole'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'partial' }
  | { readonly kind: 'broken'; readonly problem: string };

const MAX_HEAD_BYTES = 64 * 1024;
const PARTIAL: ParsedAnswer = { kind: 'partial' };
const CR = 13;
const LF = 10;

/**
 * Reads one HTTP/1.1 answer (RFC 9112). Every answer ends the exchange of its connection, so a single byte behind it means that server and
 * client no longer agree on where answers begin. Lengths may come by `Content-Length` or by chunks, never by the end of the connection.
 */
export function parseAnswer(bytes: Buffer): ParsedAnswer {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return checkBeginning(bytes);
  const head = parseHead(bytes.toString('latin1', 0, headEnd));
  if (typeof head === 'string') return broken(head);
  const start = headEnd + 4;
  if (head.contentLength === null) return readChunks(bytes, start, head.status);
  const end = start + head.contentLength;
  return bytes.length < end ? PARTIAL : finish(bytes, end, head.status, bytes.subarray(start, end));
}

/** What does not begin like an answer never becomes one: no need to wait for more of it. */
function checkBeginning(bytes: Buffer): ParsedAnswer {
  if (bytes.length > MAX_HEAD_BYTES) return broken('a head without an end');
  return 'HTTP/1.1 '.startsWith(bytes.toString('latin1', 0, 9)) ? PARTIAL : broken('bytes that no answer begins with');
}

function readChunks(bytes: Buffer, start: number, status: number): ParsedAnswer {
  const chunks: Uint8Array[] = [];
  for (let at = start; ; ) {
    const size = readChunkSize(bytes, at);
    if (typeof size !== 'number') return size;
    const dataStart = bytes.indexOf('\r\n', at) + 2;
    const dataEnd = dataStart + size;
    if (!mayEndAt(bytes, dataEnd)) return broken('a chunk that is longer than its size');
    if (bytes.length < dataEnd + 2) return PARTIAL;
    if (size === 0) return finish(bytes, dataEnd + 2, status, Buffer.concat(chunks));
    chunks.push(bytes.subarray(dataStart, dataEnd));
    at = dataEnd + 2;
  }
}

function readChunkSize(bytes: Buffer, at: number): number | ParsedAnswer {
  const lineEnd = bytes.indexOf('\r\n', at);
  const line = bytes.toString('latin1', at, lineEnd < 0 ? bytes.length : lineEnd);
  if (lineEnd < 0 && /^[\da-f]{0,7}\r?$/i.test(line)) return PARTIAL;
  return /^[\da-f]{1,7}$/i.test(line) ? Number.parseInt(line, 16) : broken('a chunk size that is none');
}

/** Whether a line break is there, or may still come. */
function mayEndAt(bytes: Buffer, at: number): boolean {
  return (bytes[at] ?? CR) === CR && (bytes[at + 1] ?? LF) === LF;
}

function finish(bytes: Buffer, end: number, status: number, body: Uint8Array): ParsedAnswer {
  return bytes.length === end ? { kind: 'whole', status, body } : broken('bytes behind the end of the answer');
}

function broken(problem: string): ParsedAnswer {
  return { kind: 'broken', problem };
}
