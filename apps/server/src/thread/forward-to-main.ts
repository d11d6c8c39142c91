import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { connectionProtocol } from '../gateway/client-facts-reader.ts';
import type { Listener } from '../http/listener.ts';
import { endToEndFields } from './end-to-end-fields.ts';
import { PEER_HEADER } from './main-socket.ts';

const REPLACED: ReadonlySet<string> = new Set([PEER_HEADER, 'content-length', 'expect']);

/** Passes requests to the main thread and its answers back, both as they come: event streams and large bodies included. */
export function createMainForwarder(socketPath: string): Listener {
  return (req, res) => {
    const outgoing = openRequest(socketPath, req);
    if (outgoing === null) {
      refuse(res, 400);
      return undefined;
    }
    outgoing.on('response', (incoming) => passBack(incoming, res));
    outgoing.on('error', () => refuse(res, 503));
    res.once('close', () => outgoing.destroy());
    // Whoever is answered before all was sent, sends the rest all the same: it is read, so that the answer is not lost with the connection.
    outgoing.once('close', () => req.unpipe(outgoing).resume());
    req.pipe(outgoing);
    return undefined;
  };
}

/** `null`: a target that can not be written. */
function openRequest(socketPath: string, req: IncomingMessage): http.ClientRequest | null {
  try {
    // A connection for each request, so that what is said of the peer is said of one request.
    return http.request({ socketPath, agent: false, method: req.method, path: req.url, headers: forwardedHeaders(req), setHost: false });
  } catch {
    return null;
  }
}

/** Framing is made anew: a client that names the length in `Connection` would have its body read as the next request. */
function forwardedHeaders(req: IncomingMessage): string[] {
  const { 'transfer-encoding': encoding, 'content-length': length } = req.headers;
  const headers = endToEndFields(req.rawHeaders, (name) => REPLACED.has(name));
  if (encoding !== undefined) headers.push('Transfer-Encoding', 'chunked');
  else if (length !== undefined) headers.push('Content-Length', length);
  headers.push(PEER_HEADER, `${connectionProtocol(req)} ${req.socket.remoteAddress ?? ''}`, 'Connection', 'close');
  return headers;
}

function passBack(incoming: IncomingMessage, res: ServerResponse): void {
  res.sendDate = false;
  res.writeHead(
    incoming.statusCode ?? 502,
    incoming.statusMessage,
    endToEndFields(incoming.rawHeaders, () => false),
  );
  res.flushHeaders();
  pipeline(incoming, res, () => undefined);
}

/** Only where the main thread is about to end, or a request is none. */
function refuse(res: ServerResponse, status: number): void {
  if (res.headersSent) return void res.destroy();
  res.writeHead(status, { 'Content-Length': 0, Connection: 'close', 'Cache-Control': 'no-store' });
  res.end();
}
