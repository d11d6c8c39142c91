import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DenialReason } from '@latchkey/core';
import type { AnswerRelay, ExchangeClient } from './exchange-client.ts';
import { isIdempotent } from './is-idempotent.ts';
import { NodeRelay } from './node-relay.ts';
import { hasBody } from './request-head.ts';
import { createUpload, type Upload } from './upload.ts';
import type { Connection } from './upstream/connection.ts';

/** A client of Node's own HTTP server. A class: with every request one object is made, and not one for each method. */
export class NodeClient implements ExchangeClient {
  private readonly req: IncomingMessage;
  private readonly res: ServerResponse;
  private readonly onDenied: (reason: DenialReason) => void;

  /** @param onDenied answers with a denial. */
  constructor(req: IncomingMessage, res: ServerResponse, onDenied: (reason: DenialReason) => void) {
    this.req = req;
    this.res = res;
    this.onDenied = onDenied;
  }

  get method(): string {
    return this.req.method ?? 'GET';
  }

  get isRepeatable(): boolean {
    return !hasBody(this.req) && isIdempotent(this.method);
  }

  get isStalled(): boolean {
    return this.res.writableNeedDrain;
  }

  createUpload(connection: Connection, onDone: () => void): Upload | null {
    return hasBody(this.req) ? createUpload(this.req, this.res, connection, onDone) : null;
  }

  createRelay(connection: Connection): AnswerRelay {
    return new NodeRelay(this.res, connection);
  }

  onClose(listener: () => void): void {
    this.res.on('close', listener);
  }

  deny(reason: DenialReason): void {
    this.onDenied(reason);
  }

  cut(): void {
    this.res.destroy();
  }
}
