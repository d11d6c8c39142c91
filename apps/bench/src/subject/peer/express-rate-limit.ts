import { PATH } from '../answer.ts';
import { answerExpress, createExpressApp, listenExpress } from '../create-express-app.ts';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { bearerLines, createKeys } from './keys.ts';
import { protectExpress } from './protect-express.ts';

export async function startExpressRateLimit({ tokenCount, limit }: SubjectContext): Promise<RunningSubject> {
  const keys = createKeys(tokenCount);
  const app = createExpressApp();
  protectExpress(app, '/api', keys, limit);
  app.get(PATH, answerExpress);
  return { ...(await listenExpress(app)), path: PATH, credentials: bearerLines(keys) };
}
