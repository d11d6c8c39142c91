import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission } from '@latchkey/bearer-auth';
import type { DenialReason } from '@latchkey/core';
import type { ReceivedHead } from '../http/received-head.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { NodeClient } from './node-client.ts';
import { createRequestHeadWriter } from './request-head.ts';
import type { TrustedPeers } from './trusted-peers.ts';
import { createConnectionPool } from './upstream/connection-pool.ts';
import { type AdmittedRequest, type ExchangeOwner, type ExchangeTimeouts, runUpstreamExchange } from './upstream-exchange.ts';

export interface ReverseProxyOptions extends Partial<ExchangeTimeouts> {
  /** Where the public API is; a path in it comes before the request's own. */
  readonly upstream: URL;
  readonly trusted: TrustedPeers;
  /** Answers in place of the upstream, or cuts the answer off where half of it is out. */
  readonly deny: (req: IncomingMessage, res: ServerResponse, admission: Admission, reason: DenialReason) => void;
}

export interface ReverseProxy {
  /** Passes an admitted request on and its answer back. */
  handle(req: IncomingMessage, res: ServerResponse, admission: Admission): void;
  /** The same for a client that has no such objects. @param body all of it. */
  forward(client: ExchangeClient, received: ReceivedHead, admission: Admission, body: string): void;
  /** Closes the connections to the upstream, those in use included. */
  close(): void;
}

const TIMEOUTS: ExchangeTimeouts = { connectTimeoutMs: 10_000, headersTimeoutMs: 60_000, idleTimeoutMs: 60_000 };

export function createReverseProxy({ upstream, trusted, deny, ...given }: ReverseProxyOptions): ReverseProxy {
  const timeouts = { ...TIMEOUTS, ...given };
  const pool = createConnectionPool(upstream);
  const writeHead = createRequestHeadWriter(upstream, trusted);
  const owner: ExchangeOwner = { timeouts, onConnectionFree: pool.giveBack, onConnectionLost, onFailure };

  function handle(req: IncomingMessage, res: ServerResponse, admission: Admission): void {
    const client = new NodeClient(req, res, (reason) => deny(req, res, admission, reason));
    if (asksForUpgrade(req)) client.deny('upgrade_refused');
    else forward(client, req, admission, '');
  }

  function forward(client: ExchangeClient, received: ReceivedHead, admission: Admission, body: string): void {
    const head = writeHead(received, admission);
    if (head === null) client.deny('upstream_error');
    else runUpstreamExchange({ client, head: head + body }, pool.take(), owner);
  }

  /** The upstream closed an idle connection just as it was taken; one more try, not on the next dead connection of the pool. */
  function onConnectionLost(request: AdmittedRequest, wasReused: boolean): void {
    if (wasReused && request.client.isRepeatable) runUpstreamExchange(request, pool.open(), owner);
    else onFailure(request, 'upstream_error');
  }

  function onFailure({ client }: AdmittedRequest, reason: DenialReason): void {
    client.deny(reason);
  }

  return { handle, forward, close: pool.close };
}

/** A client that only offers HTTP/2 (`h2c`) goes on with HTTP/1.1 when the offer is ignored; any other would wait for its protocol. */
function asksForUpgrade(req: IncomingMessage): boolean {
  const protocol = req.headers.upgrade?.trim().toLowerCase();
  return protocol !== undefined && protocol !== 'h2c';
}
