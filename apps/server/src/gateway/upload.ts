import type { IncomingMessage } from 'node:http';
import type { Connection } from './upstream/connection.ts';

/** The body of a request on its way to the upstream. */
export interface Upload {
  /** Whether all of it has been written. */
  readonly isDone: boolean;
  start(): void;
  /** The upstream takes more. */
  resume(): void;
  /** Sends nothing more. What is left is read to its end, for the client's next request to follow it. */
  stop(): void;
}

/** Sends a body on as fast as the upstream takes it: as long as was declared, or chunk by chunk as it comes. */
export function createUpload(req: IncomingMessage, connection: Connection, onDone: () => void): Upload {
  const isChunked = req.headers['transfer-encoding'] !== undefined;
  let isStarted = false;
  let isDone = false;

  function send(bytes: Buffer): void {
    connection.deadline.refresh();
    const isTaken = isChunked ? connection.writeChunk(bytes) : connection.write(bytes);
    if (!isTaken) req.pause();
  }

  function end(): void {
    isDone = true;
    if (isChunked) connection.write('0\r\n\r\n');
    onDone();
  }

  return {
    get isDone() {
      return isDone;
    },
    start() {
      isStarted = true;
      req.on('data', send);
      req.once('end', end);
    },
    resume() {
      if (isStarted && !isDone) req.resume();
    },
    stop() {
      if (isDone) return;
      req.off('data', send);
      req.off('end', end);
      req.resume();
    },
  };
}
