import { connect, type Socket } from 'node:net';

export interface PipelinedLoad {
  /** Answers since the start. */
  readonly answered: number;
  stop(): void;
}

export interface PipelinedLoadOptions {
  readonly port: number;
  readonly connections: number;
  /** Requests under way on each connection. */
  readonly depth: number;
  /** The same bytes each time, so that a request costs the sender next to nothing. */
  readonly request: string;
  /** What every answer begins with. */
  readonly expected: string;
}

/** Whatever arrives is only counted, within the callback, so all connections share it. */
const RECEIVED = Buffer.allocUnsafe(256 * 1024);

/** Between two looks at the connections: a small part of the time that the requests under way keep a server busy. */
const REST_MS = 1;
const RESTING = new Int32Array(new SharedArrayBuffer(4));

/**
 * Keeps a server busy from a small part of one core: requests are written in bundles, and because all answers have the same length they are counted
 * by their bytes. It rests between two looks, so that it reads the answers of a bundle at once instead of being woken for each of them.
 * An answer of another length, or a bundle that begins otherwise than expected, ends the process.
 */
export async function startPipelinedLoad({ port, connections, depth, request, expected }: PipelinedLoadOptions): Promise<PipelinedLoad> {
  const answerBytes = await measureAnswer(port, request);
  const bundle = Buffer.from(request.repeat(depth));
  let answered = 0;
  let isStopped = false;

  function rest(): void {
    if (isStopped) return;
    Atomics.wait(RESTING, 0, 0, REST_MS);
    setImmediate(rest);
  }

  function open(): Socket {
    const onread = { buffer: RECEIVED, callback: receive };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    let missing = depth * answerBytes;
    function receive(length: number): boolean {
      if (missing === depth * answerBytes) assertBegins(RECEIVED.subarray(0, length), expected);
      missing -= length;
      if (missing > 0) return true;
      if (missing < 0) throw new Error('An answer is longer than the first one.');
      answered += depth;
      missing = depth * answerBytes;
      socket.write(bundle);
      return true;
    }
    socket.on('connect', () => socket.write(bundle));
    socket.on('error', (error) => {
      throw error;
    });
    return socket;
  }

  const sockets = Array.from({ length: connections }, open);
  rest();
  return {
    get answered() {
      return answered;
    },
    stop() {
      isStopped = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function assertBegins(chunk: Buffer, expected: string): void {
  const beginning = chunk.toString('latin1', 0, expected.length);
  if (!expected.startsWith(beginning) && beginning !== expected) throw new Error(`Answered ${chunk.toString('latin1', 0, 200)}`);
}

/** The bytes of one answer, head and body. */
function measureAnswer(port: number, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    let received = '';
    socket.on('error', reject).on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const headBytes = received.indexOf('\r\n\r\n') + 4;
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(received)?.[1];
      if (headBytes < 4 || length === undefined || received.length < headBytes + Number(length)) return;
      socket.destroy();
      resolve(headBytes + Number(length));
    });
  });
}
