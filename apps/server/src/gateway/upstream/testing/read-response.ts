import type { ResponseHead } from '../response-head.ts';
import { createResponseReader, type ReadVerdict, type ResponseReader } from '../response-reader.ts';

export interface ReadResponse {
  readonly verdict: ReadVerdict;
  readonly status: number | null;
  readonly rawHeaders: readonly string[];
  /** In latin1. */
  readonly body: string;
  /** Whether another request could follow it. */
  readonly persistent: boolean;
}

export interface ReadOptions {
  /** Default GET. */
  readonly method?: string;
  /** Whether the connection ends behind the bytes. Default: no. */
  readonly isClosed?: boolean;
}

/**
 * What a reader of its own makes of bytes that come in pieces. Bytes that are left when it has seen the end are surplus, in whatever piece
 * they come.
 */
export function readResponse(pieces: readonly string[], options: ReadOptions = {}): ReadResponse {
  return openReading()(pieces, options);
}

/** Reads one response after another, as on a connection: each piece is in a buffer that is overwritten after it. */
export function openReading(): (pieces: readonly string[], options?: ReadOptions) => ReadResponse {
  let head: ResponseHead | null = null;
  let body = '';
  const reader = createResponseReader({
    onHead(read) {
      if (head !== null) throw new Error('two heads');
      head = read;
    },
    onBody(bytes, start, end) {
      if (head === null) throw new Error('a body without a head');
      body += bytes.toString('latin1', start, end);
    },
  });

  return (pieces, { method = 'GET', isClosed = false } = {}) => {
    head = null;
    body = '';
    reader.begin(method);
    let verdict = readPieces(reader, pieces);
    if (isClosed && verdict === 'open') verdict = reader.close();
    const { status = null, rawHeaders = [], persistent = false } = (head as ResponseHead | null) ?? {};
    return { verdict, status, rawHeaders, body, persistent: persistent && verdict === 'complete' };
  };
}

function readPieces(reader: ResponseReader, pieces: readonly string[]): ReadVerdict {
  const shared = Buffer.alloc(Math.max(1, ...pieces.map(({ length }) => length)));
  let verdict: ReadVerdict = 'open';
  for (const piece of pieces) {
    if (piece === '') continue;
    if (verdict !== 'open') return verdict === 'complete' ? 'surplus' : verdict;
    verdict = reader.read(shared, shared.write(piece, 'latin1'));
    shared.fill('~');
  }
  return verdict;
}

/** A text cut behind each of these positions. */
export function cutAt(text: string, positions: readonly number[]): string[] {
  const sorted = [...new Set([0, ...positions.map((position) => position % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}
