import { createServer } from 'node:http';
import { ANSWER, ANSWER_HEADERS, PATH } from '../answer.ts';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import type { RunningSubject } from '../subject.ts';
import { bearerLines } from './keys.ts';
import type { BetterAuthKeys } from './open-better-auth.ts';

const BEARER = 'Bearer ';
const STATUS = { refused: 401, limited: 429 } as const;

/** A `node:http` server that asks about every request, and answers those that may. */
export async function serveBetterAuth({ keys, verify }: BetterAuthKeys): Promise<RunningSubject> {
  const server = createServer(async (req, res) => {
    const { authorization = '' } = req.headers;
    const key = authorization.startsWith(BEARER) ? authorization.slice(BEARER.length) : '';
    const verdict = await verify(key).catch(() => 'failed' as const);
    if (verdict === 'valid') res.writeHead(200, ANSWER_HEADERS).end(ANSWER);
    else res.writeHead(verdict === 'failed' ? 500 : STATUS[verdict]).end();
  });
  return { ...(await listenOnLoopback(server)), path: PATH, credentials: bearerLines(keys) };
}
