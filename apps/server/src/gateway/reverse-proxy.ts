import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission } from '@latchkey/bearer-auth';
import type { DenialReason } from '@latchkey/core';
import { createRequestHeadWriter, hasBody } from './request-head.ts';
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
  /** Closes the connections to the upstream, those in use included. */
  close(): void;
}

const TIMEOUTS: ExchangeTimeouts = { connectTimeoutMs: 10_000, headersTimeoutMs: 60_000, idleTimeoutMs: 60_000 };
/** Repeating these does no harm (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function createReverseProxy({ upstream, trusted, deny, ...given }: ReverseProxyOptions): ReverseProxy {
  const timeouts = { ...TIMEOUTS, ...given };
  const pool = createConnectionPool(upstream);
  const writeHead = createRequestHeadWriter(upstream, trusted);
  const owner: ExchangeOwner = { timeouts, onConnectionFree: pool.giveBack, onConnectionLost, onFailure };

  function handle(req: IncomingMessage, res: ServerResponse, admission: Admission): void {
    const head = writeHead(req, admission);
    if (asksForUpgrade(req)) deny(req, res, admission, 'upgrade_refused');
    else if (head === null) deny(req, res, admission, 'upstream_error');
    else runUpstreamExchange({ req, res, admission, head }, pool.take(), owner);
  }

  /** The upstream closed an idle connection just as it was taken; one more try, not on the next dead connection of the pool. */
  function onConnectionLost(request: AdmittedRequest, wasReused: boolean): void {
    if (wasReused && isRepeatable(request.req)) runUpstreamExchange(request, pool.open(), owner);
    else onFailure(request, 'upstream_error');
  }

  function onFailure({ req, res, admission }: AdmittedRequest, reason: DenialReason): void {
    deny(req, res, admission, reason);
  }

  return { handle, close: pool.close };
}

function isRepeatable(req: IncomingMessage): boolean {
  return !hasBody(req) && IDEMPOTENT.has(req.method ?? 'GET');
}

/** A client that only offers HTTP/2 (`h2c`) goes on with HTTP/1.1 when the offer is ignored; any other would wait for its protocol. */
function asksForUpgrade(req: IncomingMessage): boolean {
  const protocol = req.headers.upgrade?.trim().toLowerCase();
  return protocol !== undefined && protocol !== 'h2c';
}
