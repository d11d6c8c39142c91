import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { DenialReason } from '@latchkey/core';
import { createDeadline } from './deadline.ts';
import { hasBody } from './request-headers.ts';
import { clientResponseHeaders } from './response-headers.ts';

export interface ExchangeTimeouts {
  readonly connectTimeoutMs: number;
  /** From the end of the request's body to the head of the answer. */
  readonly headersTimeoutMs: number;
  /** Without a byte of either body. */
  readonly idleTimeoutMs: number;
}

export interface UpstreamExchange extends ExchangeTimeouts {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly outgoing: ClientRequest;
  /** The connection failed before an answer began. Calls at most one of these two, at most once. */
  readonly onConnectionLost: () => void;
  readonly onFailure: (reason: DenialReason) => void;
}

type Phase = 'connect' | 'upload' | 'headers' | 'answer';

/** Streams a request out and its answer back, each as fast as the other side takes it, and ends with the client or the upstream. */
export function runUpstreamExchange(exchange: UpstreamExchange): void {
  const { req, res, outgoing, onConnectionLost, onFailure } = exchange;
  const deadline = createDeadline(expire);
  let phase: Phase = 'connect';
  let answer: IncomingMessage | null = null;
  let isOver = false;

  deadline.begin(exchange.connectTimeoutMs);
  res.once('close', finish);
  outgoing.on('socket', (socket) => {
    if (!socket.connecting) startUpload();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', startUpload);
  });
  outgoing.on('response', relay);
  outgoing.on('upgrade', (_incoming, socket) => {
    socket.destroy();
    fail('upstream_error');
  });
  outgoing.on('error', () => {
    // Once an answer has begun, it tells itself whether it came to its end.
    if (isOver || answer !== null) return;
    finish();
    onConnectionLost();
  });
  if (hasBody(req)) pipeBody();
  else outgoing.end();

  /** The head need not wait for the body: the upstream may refuse it at once. One turn lets both leave in one packet where they came in one. */
  function pipeBody(): void {
    req.pipe(outgoing);
    setImmediate(() => {
      if (!isOver) outgoing.flushHeaders();
    });
  }

  function startUpload(): void {
    if (isOver || phase !== 'connect') return;
    if (!hasBody(req) || req.readableEnded) {
      awaitHeaders();
      return;
    }
    phase = 'upload';
    deadline.begin(exchange.idleTimeoutMs);
    req.on('data', deadline.refresh);
    req.once('end', awaitHeaders);
  }

  function awaitHeaders(): void {
    if (isOver || answer !== null) return;
    phase = 'headers';
    deadline.begin(exchange.headersTimeoutMs);
  }

  function relay(incoming: IncomingMessage): void {
    if (isOver) return;
    answer = incoming;
    phase = 'answer';
    deadline.begin(exchange.idleTimeoutMs);
    incoming.on('error', () => fail('upstream_error'));
    try {
      res.writeHead(incoming.statusCode ?? 502, clientResponseHeaders(incoming.rawHeaders));
    } catch {
      // A status or a field that HTTP does not know.
      fail('upstream_error');
      return;
    }
    incoming.pipe(res);
    incoming.on('data', deadline.refresh);
    incoming.once('end', finish);
    // The same the other way round: the head of an event stream is news by itself.
    setImmediate(() => {
      if (!res.writableEnded) res.flushHeaders();
    });
  }

  function expire(): void {
    if (!isClientStalled()) {
      fail('upstream_timeout');
      return;
    }
    finish();
    res.destroy();
  }

  /** A client that stops sending or reading is not the upstream's fault: its connection is cut, on record as its own doing. */
  function isClientStalled(): boolean {
    if (phase === 'upload') return !outgoing.writableNeedDrain;
    return phase === 'answer' && res.writableNeedDrain;
  }

  function fail(reason: DenialReason): void {
    if (isOver) return;
    finish();
    onFailure(reason);
  }

  /** Whatever the upstream still does concerns nobody. A body that was not wanted is read to its end, for the next request to follow it. */
  function finish(): void {
    isOver = true;
    deadline.clear();
    res.off('close', finish);
    req.off('data', deadline.refresh);
    req.off('end', awaitHeaders);
    if (!outgoing.writableFinished) {
      req.unpipe(outgoing);
      req.resume();
    }
    if (answer?.complete === true && outgoing.writableFinished) return;
    answer?.unpipe(res);
    outgoing.destroy();
  }
}
