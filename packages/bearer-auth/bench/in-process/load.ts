import { connect, type Socket } from 'node:net';

// The load of in-process.ts: keep-alive connections that write a request as soon as the one before was answered, or at a given rate.

export interface Load {
  readonly port: number;
  readonly texts: readonly string[];
  readonly connections: number;
  readonly durationMs: number;
  /** Requests per second over all connections; `null`: as many as are answered. */
  readonly rate: number | null;
}

export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  /** Milliseconds from when each request was due, sorted; empty where no rate was given. */
  readonly latencies: number[];
  /** Answers other than 200. */
  readonly failed: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const OK = Buffer.from('HTTP/1.1 200');
const LENGTH = /content-length: (\d+)/i;

interface Connection {
  readonly socket: Socket;
  /** Requests on their way, by when they were due. */
  readonly due: number[];
  received: Buffer | null;
}

async function run({ port, texts, connections, durationMs, rate }: Load): Promise<LoadResult> {
  const requests = texts.map((text) =>
    Buffer.from(
      `GET /api/products/42?store_id=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\nAuthorization: Bearer ${text}\r\n\r\n`,
    ),
  );
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const latencies: number[] = [];
  let [next, answered, failed, running, bodyLength] = [0, 0, 0, true, 0];

  function ask(connection: Connection, due: number): void {
    connection.due.push(due);
    connection.socket.write(requests[next++ % requests.length] as Buffer);
  }

  /** Every body is as long as the first. */
  function endOfAnswer(bytes: Buffer): number {
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd === -1) return Number.POSITIVE_INFINITY;
    if (bodyLength === 0) bodyLength = Number(LENGTH.exec(bytes.toString('latin1', 0, headEnd))?.[1]);
    return headEnd + HEAD_END.length + bodyLength;
  }

  function receive(connection: Connection, chunk: Buffer): void {
    const bytes = connection.received === null ? chunk : Buffer.concat([connection.received, chunk]);
    const end = endOfAnswer(bytes);
    connection.received = bytes.length >= end ? null : bytes;
    if (bytes.length < end) return;
    if (bytes.compare(OK, 0, OK.length, 0, OK.length) !== 0) failed += 1;
    answered += 1;
    const due = connection.due.shift() ?? 0;
    if (rate !== null) latencies.push(performance.now() - due);
    else if (running) ask(connection, 0);
    if (bytes.length > end) receive(connection, bytes.subarray(end));
  }

  for (const connection of open) connection.socket.on('data', (chunk: Buffer) => receive(connection, chunk));
  const start = performance.now();
  if (rate === null) {
    for (const connection of open) ask(connection, 0);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
  } else {
    await pace(rate, durationMs, (index, due) => ask(open[index % open.length] as Connection, due));
  }
  running = false;
  const counted = answered;
  const seconds = (performance.now() - start) / 1_000;
  for (const { socket } of open) socket.destroy();
  return { answered: counted, seconds, latencies: latencies.sort((a, b) => a - b), failed };
}

/** Calls `ask` at an even rate, by the clock: what is late is asked at once, and counts from when it was due. */
async function pace(rate: number, durationMs: number, ask: (index: number, due: number) => void): Promise<void> {
  const start = performance.now();
  const total = (rate * durationMs) / 1_000;
  for (let index = 0; index < total; ) {
    const now = performance.now();
    for (; index < total && start + (index * 1_000) / rate <= now; index++) ask(index, start + (index * 1_000) / rate);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => resolve({ socket, due: [], received: null }));
    socket.on('error', reject);
  });
}

process.on('message', (load: Load) => void run(load).then((result) => process.send?.(result)));
