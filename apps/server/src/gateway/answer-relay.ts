import type { ServerResponse } from 'node:http';
import { clientResponseHeaders } from './response-headers.ts';
import type { Connection } from './upstream/connection.ts';
import type { ResponseHead } from './upstream/response-head.ts';
import type { ResponseParts } from './upstream/response-reader.ts';

/** Passes an upstream's answer on to the client. */
export interface AnswerRelay extends ResponseParts {
  /** Sends what has been read so far. `false`: it has a status or a field that HTTP does not know. */
  flush(): boolean;
  /** Sends the rest, and ends the answer. */
  end(): boolean;
}

/** Up to this length a part of a body goes out fastest as text: with the head it makes one string, and one write. */
const MAX_TEXT_BYTES = 16_384;

/** Nothing of a read goes out before all of it has been found to be right. */
export function createAnswerRelay(res: ServerResponse, connection: Connection): AnswerRelay {
  let unsentHead: ResponseHead | null = null;
  let parts: (string | Buffer)[] = [];
  let isPaused = false;

  function onBody(bytes: Buffer, start: number, end: number): void {
    if (end - start > MAX_TEXT_BYTES) {
      parts.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    const text = bytes.toString('latin1', start, end);
    const last = parts.length - 1;
    if (typeof parts[last] === 'string') parts[last] += text;
    else parts.push(text);
  }

  function writeHead(): boolean {
    if (unsentHead === null) return true;
    const { status, rawHeaders } = unsentHead;
    unsentHead = null;
    try {
      res.writeHead(status, clientResponseHeaders(status, rawHeaders));
      return true;
    } catch {
      return false;
    }
  }

  function flush(): boolean {
    const isHeadOnly = parts.length === 0;
    if (!writeHead()) return false;
    for (const part of parts) res.write(part, 'latin1');
    parts = [];
    if (isHeadOnly) flushHeadLater();
    else if (res.writableNeedDrain) pause();
    return true;
  }

  /** The head of an event stream is news by itself. One turn lets it leave with the body where both come at once. */
  function flushHeadLater(): void {
    setImmediate(() => {
      if (!res.writableEnded) res.flushHeaders();
    });
  }

  function pause(): void {
    if (isPaused) return;
    isPaused = true;
    connection.pause();
    res.once('drain', () => {
      isPaused = false;
      connection.resume();
    });
  }

  function end(): boolean {
    if (!writeHead()) return false;
    const last = parts.pop();
    for (const part of parts) res.write(part, 'latin1');
    if (last === undefined) res.end();
    else res.end(last, 'latin1');
    return true;
  }

  return {
    onHead(head) {
      unsentHead = head;
    },
    onBody,
    flush,
    end,
  };
}
