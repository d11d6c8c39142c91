import type { IncomingMessage, ServerResponse } from 'node:http';

/** The API that the guard cases protect. The last part of the path says what it does; `/products` and everything else: a JSON list. */
export function answerUpstream(req: IncomingMessage, res: ServerResponse): void {
  const name = (req.url ?? '').split('?', 1)[0]?.split('/').at(-1) ?? '';
  const answer = ANSWERS[name] ?? answerJson;
  answer(req, res);
}

type Answering = (req: IncomingMessage, res: ServerResponse) => void;

const ANSWERS: Record<string, Answering> = {
  /** A body in chunks of unknown length. */
  chunks: (_req, res) => {
    res.write('one ');
    res.write('two ');
    res.end('three');
  },
  /** A declared length, written in parts, and ended apart. */
  sized: (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': '10' });
    res.write('01234');
    res.write('56789');
    res.end();
  },
  empty: (_req, res) => {
    res.writeHead(204);
    res.end();
  },
  missing: (_req, res) => {
    res.statusCode = 404;
    res.setHeader('Content-Type', 'application/json');
    res.end('{"error":"Not found"}');
  },
  /** A limit of its own, and two cookies. */
  headers: (_req, res) => {
    res.writeHead(200, ['X-RateLimit-Limit', '7', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Content-Type', 'text/plain']);
    res.end('ok');
  },
  /** Half an answer, and then nothing. */
  stuck: (_req, res) => {
    res.write('first half');
  },
  /** Says how long the body was. */
  upload: (req, res) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    req.on('end', () => res.end(String(bytes)));
  },
};

function answerJson(_req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('Content-Type', 'application/json');
  res.end('{"data":[]}');
}
