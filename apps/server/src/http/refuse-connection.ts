import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { renderDenial } from '@latchkey/bearer-auth';
import type { DenialReason } from '@latchkey/core';

/** What there is to refuse when no request can be told from the bytes. */
export type FrontRefusal = Extract<DenialReason, 'invalid_request' | 'request_timeout' | 'head_too_large'>;

/** For a client to read its answer although it has not sent everything: an end with bytes unread would take the answer with it. */
const LINGER_MS = 1_000;

/** Answers with the last bytes of a connection, where no response is at hand. */
export function refuseConnection(socket: Socket, reason: FrontRefusal, requestId: string): void {
  const { status, headers, body } = render(reason, requestId);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  endConnection(socket, `${head}\r\n${body}`);
}

/** As `refuseConnection`, for a request that has come far enough to have a response. */
export function refuseRequest(res: ServerResponse, reason: FrontRefusal, requestId: string): void {
  const { status, headers, body } = render(reason, requestId);
  res.writeHead(status, headers);
  res.end(body);
}

/** Writes what there is to be written, and lets go of whoever does not. */
export function endConnection(socket: Socket, lastBytes = ''): void {
  socket.end(lastBytes);
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut)).once('end', () => socket.destroy());
}

function render(reason: FrontRefusal, requestId: string) {
  const { status, headers, body } = renderDenial({ reason, requestId, realm: '', now: 0 });
  return { status, headers: [...headers, 'Connection', 'close'], body };
}
