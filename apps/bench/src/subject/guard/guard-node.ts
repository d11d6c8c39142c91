import { createServer } from 'node:http';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { ANSWER, ANSWER_HEADERS, PATH } from '../answer.ts';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { closeBoth, openGuard } from './open-guard.ts';

export async function startGuardNode(context: SubjectContext): Promise<RunningSubject> {
  const opened = await openGuard(context);
  const listener = createNodeGuard(opened.guard).protect((_req, res) => {
    res.writeHead(200, ANSWER_HEADERS);
    res.end(ANSWER);
  });
  const server = await listenOnLoopback(createServer(listener));
  return { port: server.port, path: PATH, credentials: opened.credentials, close: closeBoth(server, opened) };
}
