import fastify from 'fastify';
import { PATH } from '../answer.ts';
import { answerFastify } from '../answer-fastify.ts';
import { listenFastify } from '../listen-fastify.ts';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { bearerLines, createKeys } from './keys.ts';
import { protectWithFastifyPlugins } from './protect-with-fastify-plugins.ts';

export async function startFastifyBearerAuth({ tokenCount, limit }: SubjectContext): Promise<RunningSubject> {
  const keys = createKeys(tokenCount);
  const app = fastify();
  await protectWithFastifyPlugins(app, keys, limit);
  app.get(PATH, answerFastify);
  return { ...(await listenFastify(app)), path: PATH, credentials: bearerLines(keys) };
}
