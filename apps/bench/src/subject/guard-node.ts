import { createServer } from 'node:http';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { ANSWER, ANSWER_HEADERS, PATH } from './answer.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { openGuard } from './open-guard.ts';
import type { RunningSubject, SubjectContext } from './subject.ts';

export async function startGuardNode(context: SubjectContext): Promise<RunningSubject> {
  const { guard, credentials, close } = await openGuard(context);
  const listener = createNodeGuard(guard).protect((_req, res) => {
    res.writeHead(200, ANSWER_HEADERS);
    res.end(ANSWER);
  });
  const server = await listenOnLoopback(createServer(listener));
  return {
    port: server.port,
    path: PATH,
    credentials,
    async close() {
      await server.close();
      await close();
    },
  };
}
