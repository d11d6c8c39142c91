import type { AnswerRelay } from '../exchange-client.ts';
import { clientResponseHeaders } from '../response-headers.ts';
import type { Connection } from '../upstream/connection.ts';
import type { BodyFraming, ResponseHead } from '../upstream/response-head.ts';

/** Where an answer goes, piece by piece. */
export interface LaneAnswer {
  /** The head as it is to be written. */
  writeHead(status: number, headers: readonly string[], isChunked: boolean): string;
  /** Sends a piece that is not the last. `false`: wait until `connection` is to go on. */
  write(text: string, bodyBytes: number, connection: Connection): void;
  /** Sends the last piece once the request is on record. */
  finish(status: number, text: string, bodyBytes: number): void;
}

/**
 * Writes an answer as text, head and body in as few pieces as they come in. What completes it comes with `end`, so nothing that was flushed
 * before is the last of it.
 */
export class LaneRelay implements AnswerRelay {
  private readonly answer: LaneAnswer;
  private readonly connection: Connection;
  private status = 0;
  private isChunked = false;
  private unsent = '';
  private unsentBytes = 0;

  constructor(answer: LaneAnswer, connection: Connection) {
    this.answer = answer;
    this.connection = connection;
  }

  onHead({ status, rawHeaders, framing }: ResponseHead): void {
    this.status = status;
    this.isChunked = isOfUnknownLength(framing);
    this.unsent = this.answer.writeHead(status, clientResponseHeaders(status, rawHeaders), this.isChunked);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const text = bytes.toString('latin1', start, end);
    this.unsent += this.isChunked ? `${(end - start).toString(16)}\r\n${text}\r\n` : text;
    this.unsentBytes += end - start;
  }

  flush(): boolean {
    const { unsent, unsentBytes } = this;
    this.unsent = '';
    this.unsentBytes = 0;
    if (unsent !== '') this.answer.write(unsent, unsentBytes, this.connection);
    return true;
  }

  end(): boolean {
    const last = this.isChunked ? `${this.unsent}0\r\n\r\n` : this.unsent;
    this.answer.finish(this.status, last, this.unsentBytes);
    return true;
  }
}

function isOfUnknownLength({ kind }: BodyFraming): boolean {
  return kind === 'chunked' || kind === 'until-close';
}
