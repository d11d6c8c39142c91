import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Context } from 'hono';
import { ANSWER, CONTENT_TYPE } from './answer.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** A route of a Hono application. */
export function answerHono(context: Context): Response {
  return context.body(ANSWER, 200, { 'Content-Type': CONTENT_TYPE });
}

/** Serves an application with Hono's own server for Node. */
export function listenHono(fetch: Parameters<typeof getRequestListener>[0]): Promise<{ port: number; close(): Promise<void> }> {
  return listenOnLoopback(createServer(getRequestListener(fetch)));
}
