import { PATH } from '../answer.ts';
import { answerExpress, createExpressApp, listenExpress } from '../create-express-app.ts';
import type { RunningSubject } from '../subject.ts';

export async function startBareExpress(): Promise<RunningSubject> {
  const app = createExpressApp();
  app.get(PATH, answerExpress);
  return { ...(await listenExpress(app)), path: PATH, credentials: [] };
}
