import type { IncomingMessage, ServerResponse } from 'node:http';
import { isContinueHeld, sendContinue } from './continue.ts';
import type { Connection } from './upstream/connection.ts';

/** The body of a request on its way to the upstream. */
export interface Upload {
  /** Whether all of it has been written. */
  readonly isDone: boolean;
  /** Whether the client waits to be asked for it. */
  readonly isHeld: boolean;
  /** Asks whoever waits for that, and sends on what comes. */
  start(): void;
  /** The upstream takes more. */
  resume(): void;
  /** Sends nothing more. What is left is read to its end, for the client's next request to follow it. */
  stop(): void;
}

/** Sends a body on as fast as the upstream takes it: as long as was declared, or chunk by chunk as it comes. */
export function createUpload(req: IncomingMessage, res: ServerResponse, connection: Connection, onDone: () => void): Upload {
  const isChunked = req.headers['transfer-encoding'] !== undefined;
  const isHeld = isContinueHeld(req, res);
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
    isHeld,
    start() {
      isStarted = true;
      if (isHeld) sendContinue(res);
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
