import { Agent } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { PATH } from '../answer.ts';
import { createExpressApp, listenExpress } from '../create-express-app.ts';
import { bearerLines, createKeys } from '../peer/keys.ts';
import { protectExpress } from '../peer/protect-express.ts';
import type { RunningSubject, SubjectContext, Unavailable } from '../subject.ts';

export async function startHttpProxyMiddleware({ tokenCount, limit, upstreamPort }: SubjectContext): Promise<RunningSubject | Unavailable> {
  if (upstreamPort === null) return { unavailable: 'there is no upstream' };
  const keys = createKeys(tokenCount);
  const app = createExpressApp();
  protectExpress(app, '/api', keys, limit);
  // Without an agent of its own every request would open a connection.
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  app.use('/api', createProxyMiddleware({ target: `http://127.0.0.1:${upstreamPort}`, agent }));
  return { ...(await listenExpress(app)), path: PATH, credentials: bearerLines(keys) };
}
