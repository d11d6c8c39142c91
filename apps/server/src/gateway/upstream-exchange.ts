import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DenialReason } from '@latchkey/core';
import { createAnswerRelay } from './answer-relay.ts';
import { isContinueHeld, sendContinue } from './continue.ts';
import { hasBody } from './request-head.ts';
import { createUpload } from './upload.ts';
import type { Connection } from './upstream/connection.ts';
import type { ResponseHead } from './upstream/response-head.ts';

export interface ExchangeTimeouts {
  readonly connectTimeoutMs: number;
  /** From the end of the request's body to the head of the answer. */
  readonly headersTimeoutMs: number;
  /** Without a byte of either body. */
  readonly idleTimeoutMs: number;
}

export interface UpstreamExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The request's head as it is written. */
  readonly head: string;
  readonly connection: Connection;
  readonly timeouts: ExchangeTimeouts;
  /** The exchange is over, and the connection may have another request. */
  readonly onConnectionFree: (connection: Connection) => void;
  /** The connection ended before anything of an answer came. Calls at most one of these two, at most once. */
  readonly onConnectionLost: (wasReused: boolean) => void;
  readonly onFailure: (reason: DenialReason) => void;
}

type Phase = 'connect' | 'upload' | 'headers' | 'answer';

/** Streams a request out and its answer back, each as fast as the other side takes it, and ends with the client or the upstream. */
export function runUpstreamExchange(exchange: UpstreamExchange): void {
  const { req, res, connection, timeouts } = exchange;
  const { deadline } = connection;
  const upload = hasBody(req) ? createUpload(req, connection, onUploaded) : null;
  const answer = createAnswerRelay(res, connection);
  let phase: Phase = 'connect';
  let isOver = false;

  deadline.begin(timeouts.connectTimeoutMs);
  res.on('close', finish);
  // A client that waits to be asked for its body is asked once there is somebody to have it.
  const isHeld = upload !== null && isContinueHeld(req, res);
  connection.begin(req.method ?? 'GET', exchange.head, upload !== null, {
    onConnect,
    onHead,
    onBody: answer.onBody,
    onFlush,
    onDrain: () => upload?.resume(),
    onEnd,
    onLost,
    onExpired,
  });
  if (!isHeld) upload?.start();

  function onConnect(): void {
    if (upload === null || upload.isDone) {
      awaitHeaders();
      return;
    }
    phase = 'upload';
    deadline.begin(timeouts.idleTimeoutMs);
    if (!isHeld) return;
    sendContinue(res);
    upload.start();
  }

  function onUploaded(): void {
    if (phase === 'upload') awaitHeaders();
  }

  function awaitHeaders(): void {
    phase = 'headers';
    deadline.begin(timeouts.headersTimeoutMs);
  }

  function onHead(head: ResponseHead): void {
    phase = 'answer';
    deadline.begin(timeouts.idleTimeoutMs);
    answer.onHead(head);
  }

  function onFlush(): void {
    if (isOver || phase !== 'answer') return;
    deadline.refresh();
    if (!answer.flush()) fail('upstream_error');
  }

  function onEnd(): void {
    const isWhole = upload === null || upload.isDone;
    stop();
    if (isWhole) exchange.onConnectionFree(connection);
    else connection.destroy();
    if (!answer.end()) exchange.onFailure('upstream_error');
  }

  function onLost(why: 'bad' | 'closed'): void {
    if (isOver) return;
    finish();
    if (why === 'closed' && !connection.hasAnswered) exchange.onConnectionLost(connection.isReused);
    else exchange.onFailure('upstream_error');
  }

  function onExpired(): void {
    if (!isClientStalled()) {
      fail('upstream_timeout');
      return;
    }
    finish();
    res.destroy();
  }

  /** A client that stops sending or reading is not the upstream's fault: its connection is cut, on record as its own doing. */
  function isClientStalled(): boolean {
    if (phase === 'upload') return !connection.isStalled;
    return phase === 'answer' && res.writableNeedDrain;
  }

  function fail(reason: DenialReason): void {
    if (isOver) return;
    finish();
    exchange.onFailure(reason);
  }

  /** Whatever the upstream still does concerns nobody. */
  function finish(): void {
    stop();
    connection.destroy();
  }

  function stop(): void {
    isOver = true;
    res.off('close', finish);
    upload?.stop();
  }
}
