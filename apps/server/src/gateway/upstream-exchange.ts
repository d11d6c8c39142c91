import type { DenialReason } from '@latchkey/core';
import type { AnswerRelay, ExchangeClient } from './exchange-client.ts';
import type { Upload } from './upload.ts';
import type { Connection, RequestEvents } from './upstream/connection.ts';
import type { ResponseHead } from './upstream/response-head.ts';

export interface ExchangeTimeouts {
  readonly connectTimeoutMs: number;
  /** From the end of the request's body to the head of the answer. */
  readonly headersTimeoutMs: number;
  /** Without a byte of either body. */
  readonly idleTimeoutMs: number;
}

/** A request that was admitted, and whoever made it. */
export interface AdmittedRequest {
  readonly client: ExchangeClient;
  /** The request's head as it is written, and its body where that came along. */
  readonly head: string;
}

/** What all exchanges have in common. */
export interface ExchangeOwner {
  readonly timeouts: ExchangeTimeouts;
  /** The exchange is over, and the connection may have another request. */
  readonly onConnectionFree: (connection: Connection) => void;
  /** The connection ended before anything of an answer came. Calls at most one of these two, at most once. */
  readonly onConnectionLost: (request: AdmittedRequest, wasReused: boolean) => void;
  readonly onFailure: (request: AdmittedRequest, reason: DenialReason) => void;
}

type Phase = 'connect' | 'upload' | 'headers' | 'answer';

/** Streams a request out and its answer back, each as fast as the other side takes it, and ends with the client or the upstream. */
export function runUpstreamExchange(request: AdmittedRequest, connection: Connection, owner: ExchangeOwner): void {
  new UpstreamExchange(request, connection, owner).start();
}

class UpstreamExchange implements RequestEvents {
  private readonly request: AdmittedRequest;
  private readonly connection: Connection;
  private readonly owner: ExchangeOwner;
  private readonly upload: Upload | null;
  private readonly answer: AnswerRelay;
  private phase: Phase = 'connect';
  private isOver = false;

  constructor(request: AdmittedRequest, connection: Connection, owner: ExchangeOwner) {
    this.request = request;
    this.connection = connection;
    this.owner = owner;
    this.upload = request.client.createUpload(connection, () => this.onUploaded());
    this.answer = request.client.createRelay(connection);
  }

  start(): void {
    const { connection, upload } = this;
    const { client, head } = this.request;
    if (!connection.isReused) connection.deadline.begin(this.owner.timeouts.connectTimeoutMs);
    // It stays when the exchange is over: taking it off costs more than a call that does nothing.
    client.onClose(() => {
      if (!this.isOver) this.finish();
    });
    // A client that waits to be asked for its body is asked once there is somebody to have it.
    connection.begin(client.method, head, upload !== null, this);
    if (upload?.isHeld === false) upload.start();
  }

  onConnect(): void {
    const { connection, owner, upload } = this;
    if (upload === null || upload.isDone) {
      this.awaitHeaders();
      return;
    }
    this.phase = 'upload';
    connection.deadline.begin(owner.timeouts.idleTimeoutMs);
    if (upload.isHeld) upload.start();
  }

  onHead(head: ResponseHead): void {
    this.phase = 'answer';
    this.answer.onHead(head);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.answer.onBody(bytes, start, end);
  }

  onFlush(): void {
    if (this.isOver || this.phase !== 'answer') return;
    this.connection.deadline.begin(this.owner.timeouts.idleTimeoutMs);
    if (!this.answer.flush()) this.fail('upstream_error');
  }

  onDrain(): void {
    this.upload?.resume();
  }

  onEnd(): void {
    const { connection, owner, upload } = this;
    const isWhole = upload === null || upload.isDone;
    this.stop();
    if (isWhole) owner.onConnectionFree(connection);
    else connection.destroy();
    if (!this.answer.end()) owner.onFailure(this.request, 'upstream_error');
  }

  onLost(why: 'bad' | 'closed'): void {
    if (this.isOver) return;
    const { connection, owner, request } = this;
    this.finish();
    if (why === 'closed' && !connection.hasAnswered) owner.onConnectionLost(request, connection.isReused);
    else owner.onFailure(request, 'upstream_error');
  }

  onExpired(): void {
    if (!this.isClientStalled()) {
      this.fail('upstream_timeout');
      return;
    }
    this.finish();
    this.request.client.cut();
  }

  private onUploaded(): void {
    if (this.phase === 'upload') this.awaitHeaders();
  }

  private awaitHeaders(): void {
    this.phase = 'headers';
    this.connection.deadline.begin(this.owner.timeouts.headersTimeoutMs);
  }

  /** A client that stops sending or reading is not the upstream's fault: its connection is cut, on record as its own doing. */
  private isClientStalled(): boolean {
    if (this.phase === 'upload') return !this.connection.isStalled;
    return this.phase === 'answer' && this.request.client.isStalled;
  }

  private fail(reason: DenialReason): void {
    if (this.isOver) return;
    this.finish();
    this.owner.onFailure(this.request, reason);
  }

  /** Whatever the upstream still does concerns nobody. */
  private finish(): void {
    this.stop();
    this.connection.destroy();
  }

  private stop(): void {
    this.isOver = true;
    this.upload?.stop();
  }
}
