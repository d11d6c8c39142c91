import { createHonoGuard, type LatchkeyEnv } from '@latchkey/bearer-auth/hono';
import { Hono } from 'hono';
import { PATH } from '../answer.ts';
import { answerHono, listenHono } from '../listen-hono.ts';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { closeBoth, openGuard } from './open-guard.ts';

export async function startGuardHono(context: SubjectContext): Promise<RunningSubject> {
  const opened = await openGuard(context);
  const app = new Hono<LatchkeyEnv>();
  app.use('/api/*', createHonoGuard(opened.guard).protect());
  app.get(PATH, answerHono);
  const server = await listenHono(app.fetch);
  return { port: server.port, path: PATH, credentials: opened.credentials, close: closeBoth(server, opened) };
}
