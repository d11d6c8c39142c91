import { createExpressGuard } from '@latchkey/bearer-auth/express';
import { PATH } from '../answer.ts';
import { answerExpress, createExpressApp, listenExpress } from '../create-express-app.ts';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { closeBoth, openGuard } from './open-guard.ts';

export async function startGuardExpress(context: SubjectContext): Promise<RunningSubject> {
  const opened = await openGuard(context);
  const app = createExpressApp();
  app.use('/api', createExpressGuard(opened.guard).protect());
  app.get(PATH, answerExpress);
  const server = await listenExpress(app);
  return { port: server.port, path: PATH, credentials: opened.credentials, close: closeBoth(server, opened) };
}
