import { Hono } from 'hono';
import { PATH } from '../answer.ts';
import { answerHono, listenHono } from '../listen-hono.ts';
import type { RunningSubject } from '../subject.ts';

export async function startBareHono(): Promise<RunningSubject> {
  const app = new Hono();
  app.get(PATH, answerHono);
  return { ...(await listenHono(app.fetch)), path: PATH, credentials: [] };
}
