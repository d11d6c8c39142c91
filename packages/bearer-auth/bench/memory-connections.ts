import { createServer, type RequestListener } from 'node:http';
import { Duplex } from 'node:stream';

/** Enough of a socket for a server, in memory: it hands over what is written to it. */
export class MemoryConnection extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  onAnswer: (text: string) => void = () => {};

  setTimeout(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.onAnswer(String(chunk));
    done();
  }
}

/** Connections to a server of Node that answers by `listener`. */
export function connectInMemory(listener: RequestListener, count: number): MemoryConnection[] {
  const server = createServer(listener);
  return Array.from({ length: count }, () => {
    const connection = new MemoryConnection({ decodeStrings: false });
    server.emit('connection', connection);
    return connection;
  });
}
