import fastify from 'fastify';
import { PATH } from '../answer.ts';
import { answerFastify } from '../answer-fastify.ts';
import { listenFastify } from '../listen-fastify.ts';
import type { RunningSubject } from '../subject.ts';

export async function startBareFastify(): Promise<RunningSubject> {
  const app = fastify();
  app.get(PATH, answerFastify);
  return { ...(await listenFastify(app)), path: PATH, credentials: [] };
}
