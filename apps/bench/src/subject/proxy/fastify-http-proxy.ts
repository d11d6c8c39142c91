import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { PATH } from '../answer.ts';
import { listenFastify } from '../listen-fastify.ts';
import { bearerLines, createKeys } from '../peer/keys.ts';
import { protectWithFastifyPlugins } from '../peer/protect-with-fastify-plugins.ts';
import type { RunningSubject, SubjectContext, Unavailable } from '../subject.ts';

/** As its documentation has it for many connections: a pool of its own, without pipelining. */
const POOL = { connections: 128, pipelining: 1, keepAliveTimeout: 60_000 };

export async function startFastifyHttpProxy({ tokenCount, limit, upstreamPort }: SubjectContext): Promise<RunningSubject | Unavailable> {
  if (upstreamPort === null) return { unavailable: 'there is no upstream' };
  const keys = createKeys(tokenCount);
  const app = fastify();
  await protectWithFastifyPlugins(app, keys, limit);
  await app.register(httpProxy, {
    upstream: `http://127.0.0.1:${upstreamPort}`,
    prefix: '/api',
    undici: POOL,
    disableRequestLogging: true,
  });
  return { ...(await listenFastify(app)), path: PATH, credentials: bearerLines(keys) };
}
