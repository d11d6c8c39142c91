import type { ServerResponse } from 'node:http';
import type { AnswerRelay } from './exchange-client.ts';
import { clientResponseHeaders } from './response-headers.ts';
import type { Connection } from './upstream/connection.ts';
import type { ResponseHead } from './upstream/response-head.ts';

/** Up to this length a part of a body goes out fastest as text: with the head it makes one string, and one write. */
const MAX_TEXT_BYTES = 16_384;

type Part = string | Buffer;

/** Writes to a response of Node's own HTTP server. A class, as the exchange is: with every request one object is made, and not one for each method. */
export class NodeRelay implements AnswerRelay {
  private readonly res: ServerResponse;
  private readonly connection: Connection;
  private unsentHead: ResponseHead | null = null;
  /** What stands before `last`. */
  private parts: Part[] | null = null;
  private last: Part | null = null;
  private isPaused = false;

  constructor(res: ServerResponse, connection: Connection) {
    this.res = res;
    this.connection = connection;
  }

  onHead(head: ResponseHead): void {
    this.unsentHead = head;
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (end - start > MAX_TEXT_BYTES) {
      this.add(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    const text = bytes.toString('latin1', start, end);
    if (typeof this.last === 'string') this.last += text;
    else this.add(text);
  }

  flush(): boolean {
    const { res, last } = this;
    if (!this.writeHead()) return false;
    if (last === null) {
      this.flushHeadLater();
      return true;
    }
    this.writeParts();
    this.last = null;
    res.write(last, 'latin1');
    if (res.writableNeedDrain) this.pause();
    return true;
  }

  end(): boolean {
    if (!this.writeHead()) return false;
    this.writeParts();
    if (this.last === null) this.res.end();
    else this.res.end(this.last, 'latin1');
    return true;
  }

  private add(part: Part): void {
    if (this.last !== null) {
      this.parts ??= [];
      this.parts.push(this.last);
    }
    this.last = part;
  }

  private writeParts(): void {
    if (this.parts === null) return;
    for (const part of this.parts) this.res.write(part, 'latin1');
    this.parts = null;
  }

  private writeHead(): boolean {
    if (this.unsentHead === null) return true;
    const { status, rawHeaders } = this.unsentHead;
    this.unsentHead = null;
    try {
      this.res.writeHead(status, clientResponseHeaders(status, rawHeaders));
      return true;
    } catch {
      return false;
    }
  }

  /** The head of an event stream is news by itself. One turn lets it leave with the body where both come at once. */
  private flushHeadLater(): void {
    setImmediate(() => {
      if (!this.res.writableEnded) this.res.flushHeaders();
    });
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.connection.pause();
    this.res.once('drain', () => {
      this.isPaused = false;
      this.connection.resume();
    });
  }
}
