// What the gateway's own code costs on the upstream's side of a request: no socket, no server, the smallest of many short runs, so that a busy
// machine gives nearly the same figures as a quiet one.
//   node apps/server/bench/upstream-half.ts
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission } from '@latchkey/bearer-auth';
import { NodeClient } from '../src/gateway/node-client.ts';
import { createRequestHeadWriter } from '../src/gateway/request-head.ts';
import { createTrustedPeers } from '../src/gateway/trusted-peers.ts';
import type { Connection, RequestEvents } from '../src/gateway/upstream/connection.ts';
import { createResponseReader, type ResponseParts } from '../src/gateway/upstream/response-reader.ts';
import { runUpstreamExchange } from '../src/gateway/upstream-exchange.ts';

const RUNS = 2_000;
const CALLS = 200;

const BODY = 'x'.repeat(200);
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
const req = {
  method: 'GET',
  httpVersion: '1.1',
  socket: { remoteAddress: '127.0.0.1' },
  rawHeaders: ['Host', 'gateway.test', 'User-Agent', 'bench/1', 'Accept', 'application/json', 'Authorization', `Bearer ${BODY.slice(50)}`],
  headers: { host: 'gateway.test' },
  headersDistinct: {},
} as unknown as IncomingMessage;
const token = { id: 1, ownerType: 'team', ownerId: '7', scopes: ['catalogue:read'] };
const admission = { token, path: '/products/17', search: '', requestId: crypto.randomUUID() } as unknown as Admission;

/** Nanoseconds of one call. */
function measure(call: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = performance.now();
    for (let count = 0; count < CALLS; count += 1) call();
    least = Math.min(least, ((performance.now() - startedAt) * 1e6) / CALLS);
  }
  return Math.round(least);
}

const nothing = () => {};
const ignored: ResponseParts = { onHead: nothing, onBody: nothing };
const reader = createResponseReader(ignored);
const writeHead = createRequestHeadWriter(new URL('http://127.0.0.1:8080'), createTrustedPeers([]));
const res = { on: nothing, off: nothing, writeHead: nothing, end: nothing } as unknown as ServerResponse;
const timeouts = { connectTimeoutMs: 10_000, headersTimeoutMs: 60_000, idleTimeoutMs: 60_000 };
let events: RequestEvents | undefined;
const replies = createResponseReader({ onHead: (head) => events?.onHead(head), onBody: (...part) => events?.onBody(...part) });
const deadline = { begin: nothing, refresh: nothing, clear: nothing };
const begin: Connection['begin'] = (_method, _head, _hasBody, given) => {
  events = given;
};
const connection = { deadline, begin } as unknown as Connection;
const owner = { timeouts, onConnectionFree: nothing, onConnectionLost: nothing, onFailure: nothing };

console.log(`a request's head: ${measure(() => void writeHead(req, admission))} ns`);
console.log(
  `an answer read: ${measure(() => {
    reader.begin('GET');
    reader.read(ANSWER, ANSWER.length);
  })} ns`,
);
console.log(
  `a whole exchange: ${measure(() => {
    runUpstreamExchange({ client: new NodeClient(req, res, nothing), head: writeHead(req, admission) ?? '' }, connection, owner);
    replies.begin('GET');
    replies.read(ANSWER, ANSWER.length);
    events?.onEnd();
  })} ns`,
);
