import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isPlainRequest } from './is-plain-request.ts';
import { endConnection, type FrontRefusal, refuseConnection, refuseRequest } from './refuse-connection.ts';

export interface FrontTimeouts {
  /** From a request's first byte, or that of its connection, to the end of its head. */
  readonly headersMs: number;
  /** How long a body may stand still, and an answer that nobody takes. */
  readonly idleMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number;
}

export const FRONT_TIMEOUTS: FrontTimeouts = { headersMs: 10_000, idleMs: 30_000, keepAliveMs: 30_000 };

/** How late the end of `headersMs` may be noticed. */
const CHECK_MS = 1_000;

export interface StrictServerOptions {
  readonly listener: RequestListener;
  /** For clients that wait to be asked for their body (`Expect: 100-continue`). */
  readonly continueListener: RequestListener;
  readonly timeouts?: FrontTimeouts;
}

/** What is known of a connection. */
interface Front {
  /** The response to the latest request on it. */
  last: ServerResponse | null;
  isRefused: boolean;
}

const FRONT: unique symbol = Symbol('front');

/** A server that serves only what all programs on the way read alike, and waits for nobody who has stopped. Does not listen yet. */
export function createStrictServer({ listener, continueListener, timeouts = FRONT_TIMEOUTS }: StrictServerOptions): Server {
  const { headersMs, idleMs, keepAliveMs } = timeouts;
  const admitTo =
    (next: RequestListener): RequestListener =>
    (req, res) => {
      if (admit(req, res)) next(req, res);
    };
  const server = createServer(
    {
      // A large body may take its time, as long as it comes.
      requestTimeout: 0,
      headersTimeout: headersMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, headersMs),
      insecureHTTPParser: false,
      // A request without a Host is refused like others, and in our words.
      requireHostHeader: false,
    },
    admitTo(listener),
  );
  server.timeout = idleMs;
  server.on('checkContinue', admitTo(continueListener));
  server.on('connect', (_req, socket) => refuseTunnel(socket as Socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseBytes(error, socket as Socket));
  server.on('timeout', (socket) => endIdle(socket, idleMs));
  return server;
}

/** Node leaves such a socket to whoever asked for the event, its errors included: without a listener a reset would end the process. */
function refuseTunnel(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  refuseConnection(socket, 'invalid_request', randomUUID());
}

function frontOf(socket: Socket): Front {
  const known = socket as Socket & { [FRONT]?: Front };
  known[FRONT] ??= { last: null, isRefused: false };
  return known[FRONT];
}

function admit(req: IncomingMessage, res: ServerResponse): boolean {
  const front = frontOf(req.socket);
  // What follows a refused request may be a part of it.
  if (front.isRefused) return false;
  front.last = res;
  if (isPlainRequest(req)) return true;
  front.isRefused = true;
  refuseRequest(res, 'invalid_request', randomUUID());
  return false;
}

/** The parser gave up, or waited too long for a head. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  const front = frontOf(socket);
  if (front.isRefused) return;
  front.isRefused = true;
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuseInOrder(front.last, socket, () => refuseConnection(socket, reasonOf(error), randomUUID()));
}

/** Answers keep the order of their requests: the fault is in one after `last`, or in the body of `last`, which may have been answered. */
function refuseInOrder(last: ServerResponse | null, socket: Socket, refuse: () => void): void {
  if (last === null) {
    refuse();
    return;
  }
  const isInBody = !last.req.complete;
  const finish = isInBody ? () => endConnection(socket) : refuse;
  if (last.writableFinished) finish();
  else if (last.writableEnded || !isInBody) last.once('finish', finish);
  else refuseUnanswered(last, socket, refuse);
}

/** A request that goes wrong before its answer has begun gets that answer; half an answer can only be cut off. */
function refuseUnanswered(res: ServerResponse, socket: Socket, refuse: () => void): void {
  const isNext = res.socket === socket;
  if (isNext && !res.headersSent) refuse();
  else socket.destroy();
}

function reasonOf({ code }: NodeJS.ErrnoException): FrontRefusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'head_too_large' : 'invalid_request';
}

/** Nothing has moved on a connection, in either direction. Whether it ends depends on who is waited for. */
function endIdle(socket: Socket, idleMs: number): void {
  const front = frontOf(socket);
  const { last } = front;
  if (last === null || last.writableFinished || socket.writableLength > 0) {
    socket.destroy();
  } else if (isBodyAwaited(last.req)) {
    front.isRefused = true;
    refuseUnanswered(last, socket, () => refuseConnection(socket, 'request_timeout', randomUUID()));
  } else {
    // The client waits for us: for the upstream, or for the next event of a stream.
    socket.setTimeout(idleMs);
  }
}

function isBodyAwaited(req: IncomingMessage): boolean {
  return !req.complete && req.readableFlowing === true;
}
