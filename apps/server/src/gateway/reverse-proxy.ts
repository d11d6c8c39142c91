import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Admission } from '@latchkey/bearer-auth';
import type { DenialReason } from '@latchkey/core';
import { hasBody, upstreamRequestHeaders } from './request-headers.ts';
import type { TrustedPeers } from './trusted-peers.ts';
import { type ExchangeTimeouts, runUpstreamExchange } from './upstream-exchange.ts';

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
const MAX_IDLE_CONNECTIONS = 256;
const IDLE_CONNECTION_MS = 55_000;
/** Repeating these does no harm (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function createReverseProxy({ upstream, trusted, deny, ...timeouts }: ReverseProxyOptions): ReverseProxy {
  const client = upstream.protocol === 'https:' ? https : http;
  const agent = new client.Agent({
    keepAlive: true,
    maxFreeSockets: MAX_IDLE_CONNECTIONS,
    timeout: IDLE_CONNECTION_MS,
    scheduling: 'lifo',
  });
  const hostname = upstream.hostname.replace(/^\[|\]$/g, '');
  const basePath = upstream.pathname.replace(/\/$/, '');

  function handle(req: IncomingMessage, res: ServerResponse, admission: Admission): void {
    if (asksForUpgrade(req)) deny(req, res, admission, 'upgrade_refused');
    else forward(req, res, admission, agent);
  }

  function forward(req: IncomingMessage, res: ServerResponse, admission: Admission, connections: http.Agent | false): void {
    const fail = (reason: DenialReason) => deny(req, res, admission, reason);
    let outgoing: ClientRequest;
    try {
      outgoing = openRequest(req, admission, connections);
    } catch {
      // A target or a field that can not be written.
      fail('upstream_error');
      return;
    }
    const retryOrFail = () => {
      // The upstream closed an idle connection just as it was taken; one more try, not on the next dead connection of the pool.
      if (outgoing.reusedSocket && isRepeatable(req)) forward(req, res, admission, false);
      else fail('upstream_error');
    };
    runUpstreamExchange({ ...TIMEOUTS, ...timeouts, req, res, outgoing, onConnectionLost: retryOrFail, onFailure: fail });
  }

  function openRequest(req: IncomingMessage, admission: Admission, connections: http.Agent | false): ClientRequest {
    return client.request({
      agent: connections,
      hostname,
      port: upstream.port,
      method: req.method,
      path: basePath + admission.path + admission.search,
      headers: upstreamRequestHeaders(req, admission, upstream.host, trusted),
    });
  }

  return { handle, close: () => agent.destroy() };
}

function isRepeatable(req: IncomingMessage): boolean {
  return !hasBody(req) && IDEMPOTENT.has(req.method ?? 'GET');
}

/** A client that only offers HTTP/2 (`h2c`) goes on with HTTP/1.1 when the offer is ignored; any other would wait for its protocol. */
function asksForUpgrade(req: IncomingMessage): boolean {
  const protocol = req.headers.upgrade?.trim().toLowerCase();
  return protocol !== undefined && protocol !== 'h2c';
}
