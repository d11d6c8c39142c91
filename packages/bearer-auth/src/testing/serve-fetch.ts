import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { answerBadUrl, type FetchEnv } from '../adapters/fetch.ts';
import type { Guard } from '../guard.ts';
import type { Door } from './guard-cases.ts';
import { listen } from './listen.ts';

/** Serves a fetch handler over HTTP/1.1 on a free port of the loopback address. */
export function serveFetch(guard: Guard, fetch: (request: Request, env: FetchEnv) => Response | Promise<Response>): Promise<Door> {
  const listener = getRequestListener((request, env) => fetch(request, env as FetchEnv), { errorHandler: answerBadUrl(guard) });
  return listen(createServer(listener));
}
