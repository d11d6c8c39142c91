import { connect } from 'node:net';
import { parseAnswer } from './parse-answer.ts';

/** A keep-alive connection with at most one request under way. */
export interface LoadConnection {
  /** Call only while nothing is under way. */
  send(request: Uint8Array): void;
  close(): void;
}

export interface ConnectionEvents {
  onOpen(connection: LoadConnection): void;
  onAnswer(connection: LoadConnection, status: number, body: Uint8Array): void;
  /** Once, and nothing follows: bytes that are no answer, or the end of the connection. */
  onBroken(connection: LoadConnection, problem: string): void;
}

/** Whatever arrives is looked at within the callback, so all connections can share it. */
const RECEIVED = Buffer.allocUnsafe(64 * 1024);

export function openConnection(port: number, events: ConnectionEvents): LoadConnection {
  let begun: Buffer | null = null;
  let isWaiting = false;
  let isOver = false;

  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: RECEIVED, callback: receive } });
  socket.on('connect', () => events.onOpen(connection));
  socket.on('error', (error: NodeJS.ErrnoException) => breakOff(`the connection failed: ${error.code ?? error.message}`));
  socket.on('close', () => breakOff('the server closed the connection'));

  function receive(length: number): boolean {
    const bytes = RECEIVED.subarray(0, length);
    if (!isWaiting) return breakOff('bytes that nobody asked for');
    const answer = parseAnswer(begun === null ? bytes : Buffer.concat([begun, bytes]));
    if (answer.kind === 'broken') return breakOff(answer.problem);
    if (answer.kind === 'partial') {
      begun = begun === null ? Buffer.from(bytes) : Buffer.concat([begun, bytes]);
      return true;
    }
    begun = null;
    isWaiting = false;
    events.onAnswer(connection, answer.status, answer.body);
    return true;
  }

  function breakOff(problem: string): false {
    if (!isOver) {
      isOver = true;
      socket.destroy();
      events.onBroken(connection, problem);
    }
    return false;
  }

  const connection: LoadConnection = {
    send(request) {
      isWaiting = true;
      socket.write(request);
    },
    close() {
      isOver = true;
      socket.destroy();
    },
  };
  return connection;
}
