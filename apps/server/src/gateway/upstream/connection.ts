import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createDeadline, type Deadline } from '../deadline.ts';
import type { ResponseHead } from './response-head.ts';
import { createResponseReader, type ReadVerdict, type ResponseParts } from './response-reader.ts';

/** What happens to a request on its connection. After `onEnd` or `onLost` nothing more does. */
export interface RequestEvents extends ResponseParts {
  /** The connection stands, TLS included; for one that was used before, at once. */
  onConnect(): void;
  /** What came in one piece has been given. */
  onFlush(): void;
  /** What was written has been taken. */
  onDrain(): void;
  /** The answer is whole. */
  onEnd(): void;
  /** `bad`: what came is no answer. `closed`: the connection ended before it was whole, or never stood. */
  onLost(why: 'bad' | 'closed'): void;
  /** The phase of `deadline` took too long. */
  onExpired(): void;
}

/** One connection to the upstream, with one request on it at a time. */
export interface Connection {
  readonly deadline: Deadline;
  readonly isOpen: boolean;
  /** Whether it had a request before this one. */
  readonly isReused: boolean;
  /** Whether anything was heard since the request began. */
  readonly hasAnswered: boolean;
  /** Whether what was written waits for the upstream to take it. */
  readonly isStalled: boolean;
  /** Writes a request's head; the first bytes of its body leave with it if they are written in the same turn. */
  begin(method: string, head: string, hasBody: boolean, events: RequestEvents): void;
  /** Writes a part of the body. `false`: wait for `onDrain`. */
  write(bytes: Buffer | string): boolean;
  /** A part of the body between two others that make it a chunk. */
  writeChunk(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  /** How long it may rest before its next request, in milliseconds; `0`: it must not have one. To be asked when the answer is whole. */
  restMs(): number;
  /** Waits for the next request at most this long, and closes where anything comes instead. */
  rest(ms: number): void;
  /** Ends it without a word to its request. */
  destroy(): void;
}

/** Longer than this nothing rests. */
export const MAX_REST_MS = 55_000;
/** An upstream that says when it closes is not met on the way to the door. */
const REST_MARGIN_MS = 1_000;
/** What is read is passed on, or copied, before the next read of any connection. */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** @param onClosed called once, when it can not have a request any more. */
export function openConnection(upstream: URL, tlsSession: TlsSession, onClosed: (connection: Connection) => void): Connection {
  const deadline = createDeadline(expire);
  const reader = createResponseReader({ onHead, onBody: (bytes, start, end) => current?.onBody(bytes, start, end) });
  let current: RequestEvents | null = null;
  let head: ResponseHead | null = null;
  let isConnected = false;
  let isReused = false;
  let hasAnswered = false;
  let isClean = true;
  let isOpen = true;
  const socket = connect(upstream, tlsSession, { buffer: READ_BUFFER, callback: onRead });
  socket.on(upstream.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
    isConnected = true;
    current?.onConnect();
  });
  socket.on('drain', () => current?.onDrain());
  socket.on('end', () => close(current === null ? 'bad' : reader.close()));
  // `close` follows.
  socket.on('error', () => {});
  socket.on('close', () => close('bad'));

  function onHead(read: ResponseHead): void {
    head = read;
    current?.onHead(read);
  }

  function onRead(length: number): boolean {
    hasAnswered = true;
    if (current === null) {
      // Nobody asked for it.
      destroy();
      return false;
    }
    const verdict = reader.read(READ_BUFFER, length);
    if (verdict === 'open') current?.onFlush();
    else end(verdict);
    return true;
  }

  function end(verdict: ReadVerdict): void {
    const events = current;
    current = null;
    if (events === null) return;
    isClean = verdict === 'complete';
    if (verdict === 'bad') {
      destroy();
      events.onLost('bad');
    } else events.onEnd();
  }

  function close(verdict: ReadVerdict): void {
    const events = current;
    destroy();
    if (verdict === 'complete') events?.onEnd();
    else events?.onLost('closed');
  }

  function expire(): void {
    if (current === null) destroy();
    else current.onExpired();
  }

  function destroy(): void {
    if (!isOpen) return;
    isOpen = false;
    current = null;
    deadline.clear();
    socket.destroy();
    onClosed(connection);
  }

  const connection: Connection = {
    deadline,
    get isOpen() {
      return isOpen;
    },
    get isReused() {
      return isReused;
    },
    get hasAnswered() {
      return hasAnswered;
    },
    get isStalled() {
      return socket.writableNeedDrain;
    },
    begin(method, text, hasBody, events) {
      current = events;
      head = null;
      hasAnswered = false;
      reader.begin(method);
      if (hasBody) {
        socket.cork();
        setImmediate(() => socket.uncork());
      }
      socket.write(text, 'latin1');
      if (isConnected) events.onConnect();
    },
    write: (bytes) => socket.write(bytes, 'latin1'),
    writeChunk(bytes) {
      socket.cork();
      socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
      socket.write(bytes);
      const isTaken = socket.write('\r\n', 'latin1');
      socket.uncork();
      return isTaken;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    restMs() {
      if (!isClean || head === null || !head.persistent || socket.writableLength > 0 || !isOpen) return 0;
      if (head.keepAliveSeconds === null) return MAX_REST_MS;
      return Math.min(MAX_REST_MS, Math.max(0, head.keepAliveSeconds * 1_000 - REST_MARGIN_MS));
    },
    rest(ms) {
      isReused = true;
      deadline.begin(ms);
    },
    destroy,
  };
  return connection;
}

/** The last TLS session of an upstream, so that the next handshake is a short one. */
export interface TlsSession {
  last: Buffer | undefined;
}

function connect(upstream: URL, tlsSession: TlsSession, onread: OnReadOpts): Socket {
  const host = upstream.hostname.replace(/^\[|\]$/g, '');
  const shared = { host, noDelay: true, keepAlive: true, keepAliveInitialDelay: 1_000, onread };
  if (upstream.protocol !== 'https:') return connectTcp({ ...shared, port: Number(upstream.port || 80) });
  const socket = connectTls({
    ...shared,
    port: Number(upstream.port || 443),
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
    ...(tlsSession.last && { session: tlsSession.last }),
  });
  socket.on('session', (session) => {
    tlsSession.last = session;
  });
  return socket;
}
