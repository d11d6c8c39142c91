import bearerAuth from '@fastify/bearer-auth';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { WINDOW_MS } from './keys.ts';

/**
 * Bearer keys and a limit for each of them. `keys` as an option would compare with each of a thousand in turn, so the look-up is the plug-in's
 * `auth` function; the store of the limit holds 5,000 keys by default.
 */
export async function protectWithFastifyPlugins(app: FastifyInstance, keys: readonly string[], max: number): Promise<void> {
  const known = new Set(keys);
  await app.register(bearerAuth, { keys: new Set<string>(), auth: (key: string) => known.has(key), verifyErrorLogLevel: 'debug' });
  await app.register(rateLimit, {
    max,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => request.headers.authorization ?? '',
  });
}
