import type { Admission, Guard, Refused, Verdict } from '@latchkey/bearer-auth';
import { renderDenial } from '@latchkey/bearer-auth';
import { type Arrived, brokenRecord, rateLimitLines, refusalRecord, targetBelow, usageRecord } from '@latchkey/bearer-auth/own-exchange';
import { DENIALS, type DenialReason, type UsageRecord } from '@latchkey/core';
import type { AnswerRelay, ExchangeClient } from '../exchange-client.ts';
import { isIdempotent } from '../is-idempotent.ts';
import type { ReverseProxy } from '../reverse-proxy.ts';
import type { Connection } from '../upstream/connection.ts';
import { writeAnswerHead } from './answer-head.ts';
import type { LaneConnection } from './lane-connection.ts';
import { type LaneAnswer, LaneRelay } from './lane-relay.ts';
import { LaneRequest } from './lane-request.ts';
import type { PlainRequest } from './read-plain-request.ts';

/** What decides about requests, and what answers them. */
export interface LaneParts {
  readonly guard: Guard;
  readonly proxy: Pick<ReverseProxy, 'forward'>;
  readonly mount: string;
  readonly createRequestId: () => string;
  readonly clientAddress: (request: LaneRequest) => string | null;
  readonly isSecure: (request: LaneRequest) => boolean;
}

/** One request and its answer. What the adapter for `node:http` does, with a text in place of a response. */
export class LaneExchange implements ExchangeClient, LaneAnswer, Arrived {
  readonly method: string;
  readonly at: number;
  readonly startedAt = performance.now();
  readonly requestBytes: number;
  private readonly parts: LaneParts;
  private readonly client: LaneConnection;
  private readonly request: LaneRequest;
  private readonly body: string;
  private admission: Admission | null = null;
  private ownLines = '';
  private isHeadSent = false;
  private isRecorded = false;
  private sentBytes = 0;
  private onClosed: (() => void) | null = null;

  constructor(parts: LaneParts, client: LaneConnection, plain: PlainRequest) {
    this.parts = parts;
    this.client = client;
    this.method = plain.method;
    this.body = plain.body;
    this.requestBytes = plain.body.length;
    this.at = parts.guard.now();
    this.request = new LaneRequest(plain, client.socket);
  }

  get userAgent(): string | undefined {
    return this.request.headers['user-agent'];
  }

  start(): void {
    const { guard, mount, createRequestId, clientAddress, isSecure } = this.parts;
    const { request } = this;
    const verdict = guard.check({
      method: this.method,
      target: targetBelow(mount, request.url),
      rawHeaders: request.rawHeaders,
      ip: clientAddress(request),
      requestId: createRequestId(),
      at: this.at,
      secure: isSecure(request),
    });
    if (verdict instanceof Promise) void verdict.then((late) => this.client.guarding(() => this.proceed(late)));
    else this.proceed(verdict);
  }

  private proceed(verdict: Verdict): void {
    if (verdict.kind === 'deny') {
      this.refuse(verdict);
      return;
    }
    const { admission, limits, at } = verdict;
    this.admission = admission;
    if (this.client.isGone) {
      this.recordBroken();
      return;
    }
    this.ownLines = `X-Request-Id: ${admission.requestId}\r\n${rateLimitLines(limits, at)}`;
    this.parts.proxy.forward(this, this.request, admission, this.body);
  }

  private refuse(refusal: Refused): void {
    const { guard } = this.parts;
    const { status, headers, body } = renderDenial({ ...refusal, realm: guard.realm, now: guard.now(), accept: this.accept });
    const text = this.writeHead(status, headers, false) + this.bodyText(body);
    const record = refusalRecord(this, refusal, status, Buffer.byteLength(body), this.client.isGone);
    this.isRecorded = true;
    if (record === null) this.client.finish(text);
    else this.answerAfter(record, text);
  }

  deny(reason: DenialReason): void {
    const { admission, client } = this;
    if (admission === null) return;
    admission.outcome = DENIALS[reason].code;
    // Half an answer is out already: only cutting it off tells the client.
    if (this.isHeadSent || client.isGone) {
      client.cut();
      return;
    }
    const { guard } = this.parts;
    const { requestId, path } = admission;
    const { status, headers, body } = renderDenial({ reason, requestId, path, realm: guard.realm, now: guard.now(), accept: this.accept });
    this.finish(status, this.writeHead(status, headers, false) + this.bodyText(body), this.hasNoBody ? 0 : Buffer.byteLength(body));
  }

  writeHead(status: number, headers: readonly string[], isChunked: boolean): string {
    const { client, ownLines } = this;
    if (client.isLast) client.isEnding = true;
    return writeAnswerHead({ status, ownLines, headers, isChunked, isLast: client.isLast });
  }

  write(text: string, bodyBytes: number, connection: Connection): void {
    this.isHeadSent = true;
    this.sentBytes += bodyBytes;
    this.client.write(text, connection);
  }

  finish(status: number, text: string, bodyBytes: number): void {
    const { admission } = this;
    if (this.isRecorded || admission === null) return;
    this.isRecorded = true;
    this.answerAfter(usageRecord(this, admission, status, this.sentBytes + bodyBytes, admission.outcome), text);
  }

  private answerAfter(record: UsageRecord, text: string): void {
    this.parts.guard.usage.append(record, (error) => {
      if (error === null) this.client.finish(text);
      else this.client.cut();
    });
  }

  /** The client's connection has closed. */
  close(): void {
    this.onClosed?.();
    if (this.admission !== null) this.recordBroken();
  }

  private recordBroken(): void {
    const { admission } = this;
    if (this.isRecorded || admission === null) return;
    this.isRecorded = true;
    this.parts.guard.usage.append(brokenRecord(this, admission, this.sentBytes), () => {});
  }

  get isRepeatable(): boolean {
    return this.body === '' && isIdempotent(this.method);
  }

  get isStalled(): boolean {
    return this.client.isStalled;
  }

  /** What there is of a body goes out behind the head. */
  createUpload(): null {
    return null;
  }

  createRelay(connection: Connection): AnswerRelay {
    return new LaneRelay(this, connection);
  }

  onClose(listener: () => void): void {
    this.onClosed = listener;
  }

  cut(): void {
    this.client.cut();
  }

  private get accept(): string | undefined {
    return this.request.headers.accept;
  }

  private get hasNoBody(): boolean {
    return this.method === 'HEAD';
  }

  /** Of a text that may have any letter, as the bytes of UTF-8. */
  private bodyText(body: string): string {
    return this.hasNoBody ? '' : Buffer.from(body).toString('latin1');
  }
}
