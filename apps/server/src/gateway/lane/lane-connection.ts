import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FrontTimeouts } from '../../http/create-strict-server.ts';
import { refuseConnection } from '../../http/refuse-connection.ts';
import type { Connection } from '../upstream/connection.ts';
import { LaneExchange, type LaneParts } from './lane-exchange.ts';
import { type PlainFields, readPlainRequest } from './read-plain-request.ts';

/** What a connection needs of the lane it is in. */
export interface LaneOwner {
  readonly parts: LaneParts;
  readonly timeouts: FrontTimeouts;
  /** Whether the lane answers requests for this target. */
  readonly isFor: (target: string) => boolean;
  /** The connection goes on with Node's parser, which sees `bytes` first, and is the lane's no more. */
  readonly handOver: (connection: LaneConnection, bytes: Buffer) => void;
  readonly onClose: (connection: LaneConnection) => void;
  /** Something was thrown that never should be. */
  readonly onDefect: (error: unknown) => void;
}

/** A request that is longer than this is for Node's parser. */
const MAX_BYTES = 16_384;
/** What a client sends ahead of its answers. */
const MAX_AHEAD_BYTES = 65_536;
/** As Node's server has it. */
const ON_THE_WAY_MS = 1_000;
const NO_BYTES: Buffer = Buffer.alloc(0);

/** A client's connection, as long as its requests are plain. */
export class LaneConnection {
  readonly socket: Socket;
  /** The next head that is written says that the connection ends. */
  isLast = false;
  /** It ends with the answer that is being written. */
  isEnding = false;
  isGone = false;
  private readonly owner: LaneOwner;
  private exchange: LaneExchange | null = null;
  private known: PlainFields | null = null;
  private ahead = NO_BYTES;
  /** The client has answers to read before it gets more of them. */
  private isFull = false;
  private isNew = true;
  private isOver = false;
  /** Whose answer waits for the client to read. */
  private paused: Connection | null = null;

  constructor(socket: Socket, owner: LaneOwner) {
    this.socket = socket;
    this.owner = owner;
    socket.setTimeout(owner.timeouts.headersMs);
    socket.on('data', this.onData).on('drain', this.onDrain).on('end', this.onEnd);
    socket.on('timeout', this.onTimeout).on('error', ignore).on('close', this.onClose);
  }

  /** Of its socket's events it hears no more. */
  private leave(): void {
    const { socket } = this;
    socket.off('data', this.onData).off('drain', this.onDrain).off('end', this.onEnd);
    socket.off('timeout', this.onTimeout).off('error', ignore).off('close', this.onClose);
    socket.setTimeout(0);
  }

  get isIdle(): boolean {
    return this.exchange === null && !this.isFull;
  }

  get isStalled(): boolean {
    return this.socket.writableNeedDrain;
  }

  /** What is thrown ends this connection, and no other. */
  guarding(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.owner.onDefect(error);
      this.cut();
    }
  }

  private readonly onData = (bytes: Buffer): void => {
    // It has had its last answer; what follows is read, so that the answer is not lost with it, and nothing else.
    if (this.isOver) return;
    if (this.isIdle && this.ahead.length === 0) this.guarding(() => this.read(bytes));
    else this.keep(bytes);
  };

  private keep(bytes: Buffer): void {
    this.ahead = this.ahead.length === 0 ? bytes : Buffer.concat([this.ahead, bytes]);
    if (this.ahead.length > MAX_AHEAD_BYTES) this.socket.pause();
  }

  private read(bytes: Buffer): void {
    const request = readPlainRequest(bytes.toString('latin1', 0, MAX_BYTES), this.known);
    if (request === null || !this.owner.isFor(request.target)) {
      this.leave();
      this.owner.handOver(this, bytes);
      return;
    }
    this.known = request.fields;
    if (request.fields.isLast) this.isLast = true;
    if (request.length < bytes.length) this.ahead = bytes.subarray(request.length);
    if (this.isNew) {
      this.isNew = false;
      this.socket.setTimeout(this.quietMs);
    }
    const exchange = new LaneExchange(this.owner.parts, this, request);
    this.exchange = exchange;
    exchange.start();
  }

  /** Sends a piece of an answer that is not the last. What it comes from waits as long as the client does not read. */
  write(text: string, from: Connection): void {
    if (this.isGone || this.socket.write(text, 'latin1') || this.paused !== null) return;
    this.paused = from;
    from.pause();
  }

  /** Sends the last piece of an answer; what the client sent ahead is next. */
  finish(text: string): void {
    if (this.isGone) return;
    this.exchange = null;
    this.paused = null;
    if (this.isEnding) {
      this.isOver = true;
      this.socket.end(text, 'latin1');
      return;
    }
    this.isFull = !this.socket.write(text, 'latin1');
    if (this.ahead.length > 0 && !this.isFull) setImmediate(() => this.guarding(() => this.readAhead()));
  }

  private readAhead(): void {
    if (this.isGone || !this.isIdle) return;
    const bytes = this.ahead;
    this.ahead = NO_BYTES;
    if (this.socket.isPaused()) this.socket.resume();
    if (bytes.length > 0) this.read(bytes);
  }

  /** Ends the connection at once. */
  cut(): void {
    this.socket.destroy();
  }

  private readonly onDrain = (): void => {
    const { paused } = this;
    this.paused = null;
    paused?.resume();
    if (!this.isFull) return;
    this.isFull = false;
    this.guarding(() => this.readAhead());
  };

  private readonly onEnd = (): void => void this.socket.end();

  /** Nothing has moved, in either direction. */
  private readonly onTimeout = (): void => {
    const { socket } = this;
    if (this.isNew && !this.isOver) {
      this.isOver = true;
      refuseConnection(socket, 'request_timeout', randomUUID());
    } else if (this.exchange === null || socket.writableLength > 0) socket.destroy();
    // Otherwise the client waits for us: for the upstream, or for the next event of a stream.
    else socket.setTimeout(this.quietMs);
  };

  /** A client that believes `Keep-Alive` may send its next request at the last moment. */
  private get quietMs(): number {
    const { idleMs, keepAliveMs } = this.owner.timeouts;
    return Math.max(idleMs, keepAliveMs + ON_THE_WAY_MS);
  }

  private readonly onClose = (): void => {
    this.isGone = true;
    this.owner.onClose(this);
    const { exchange } = this;
    this.exchange = null;
    exchange?.close();
  };
}

function ignore(): void {}
