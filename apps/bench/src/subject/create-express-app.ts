import { createServer } from 'node:http';
import express, { type Express, type Request, type Response } from 'express';
import { ANSWER, CONTENT_TYPE } from './answer.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** Express as its guide on performance has it: without what costs time and nobody here reads. */
export function createExpressApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  return app;
}

/** A route of an Express application. */
export function answerExpress(_req: Request, res: Response): void {
  res.type(CONTENT_TYPE).send(ANSWER);
}

export function listenExpress(app: Express): Promise<{ port: number; close(): Promise<void> }> {
  return listenOnLoopback(createServer(app));
}
