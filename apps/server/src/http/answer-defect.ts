import type { ServerResponse } from 'node:http';

/** Answers a request whose handling threw. Its connection ends with it, because nobody knows how much of the request was read. */
export function answerDefect(res: ServerResponse, requestId: string): void {
  // Half an answer is out already: only cutting it off tells the client.
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const message = 'Something went wrong on the server. If it keeps happening, tell the administrator this request_id.';
  const body = JSON.stringify({ error: 'Internal error', code: 'INTERNAL_ERROR', message, request_id: requestId });
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(500, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
    Connection: 'close',
  });
  res.end(body);
}
