import { protectFastify } from '@latchkey/bearer-auth/fastify';
import fastify from 'fastify';
import { PATH } from '../answer.ts';
import { answerFastify } from '../answer-fastify.ts';
import { listenFastify } from '../listen-fastify.ts';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { closeBoth, openGuard } from './open-guard.ts';

export async function startGuardFastify(context: SubjectContext): Promise<RunningSubject> {
  const opened = await openGuard(context);
  const app = fastify();
  protectFastify(app, { guard: opened.guard });
  app.get(PATH, answerFastify);
  const server = await listenFastify(app);
  return { port: server.port, path: PATH, credentials: opened.credentials, close: closeBoth(server, opened) };
}
