import { createServer } from 'node:http';
import { ANSWER, ANSWER_HEADERS, PATH } from '../answer.ts';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import type { RunningSubject } from '../subject.ts';

export async function startBareNode(): Promise<RunningSubject> {
  const server = createServer((_req, res) => {
    res.writeHead(200, ANSWER_HEADERS);
    res.end(ANSWER);
  });
  return { ...(await listenOnLoopback(server)), path: PATH, credentials: [] };
}
