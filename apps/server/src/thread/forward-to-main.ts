import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { connectionProtocol } from '../gateway/client-facts-reader.ts';
import { endToEndFields } from './end-to-end-fields.ts';
import { PEER_HEADER } from './main-socket.ts';

/** Passes requests to the main thread and its answers back, both as they come: event streams and large bodies included. */
export function createMainForwarder(socketPath: string): RequestListener {
  return (req, res) => {
    const outgoing = openRequest(socketPath, req);
    if (outgoing === null) return refuse(res, 400);
    outgoing.on('response', (incoming) => passBack(incoming, res));
    outgoing.on('error', () => refuse(res, 503));
    res.once('close', () => outgoing.destroy());
    // What the main thread does not read, it need not be sent.
    pipeline(req, outgoing, () => undefined);
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

function forwardedHeaders(req: IncomingMessage): string[] {
  const headers = endToEndFields(req.rawHeaders, (name) => name === PEER_HEADER || name === 'expect');
  if (req.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
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
