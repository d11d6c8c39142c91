import {
  type ApiParts,
  createExpiredKeyCleanup,
  createKeyRoutesDocument,
  handleKeyRoute,
  KEY_ROUTES_PATH,
  type KeyRouteContext,
  type KeyVerifier,
} from '@latchkey/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ReadCall } from './api-context.ts';
import { createBackgroundTasks } from './background-tasks.ts';
import { toRestRequest } from './rest-routes.ts';

export interface KeyRoutesOptions {
  readonly readCall: ReadCall;
  readonly parts: ApiParts;
  readonly verifyKey: KeyVerifier;
  readonly logger: Pick<Logger, 'error'>;
}

/** `/api/auth/api-key/*`: what clients of better-auth's API key plug-in call. What the calls do is the business of `@latchkey/api`. */
export function addKeyRoutes(app: FastifyInstance, { readCall, parts, verifyKey, logger }: KeyRoutesOptions): void {
  const configurations = parts.policy.apiKeyConfigurations;
  const ownLogger = { error: (message: string) => logger.error(message) };
  const cleanup = createExpiredKeyCleanup({ ...parts, configurations, logger: ownLogger });
  const background = createBackgroundTasks(logger);
  app.addHook('onClose', () => background.settled());

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { context, by } = await readCall(request);
    const defer: NonNullable<KeyRouteContext['keys']['defer']> = (label, task) => {
      reply.raw.once('close', () => background.run(label, task));
    };
    const keys = { configurations, verify: verifyKey, cleanup, defer, logger: ownLogger };
    const isTrusted = by === 'jwt' && context.account?.role === 'admin';
    const onDefect = (error: unknown) => logger.error({ err: error, request_id: request.id }, 'A call on the key routes failed');
    const answer = await handleKeyRoute(toRestRequest(request), { ...context, keys, isTrusted }, onDefect);
    return reply
      .code(answer.status)
      .headers({ 'cache-control': 'no-store', ...answer.headers })
      .send(answer.body);
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const document = JSON.stringify(createKeyRoutesDocument(parts.facts.version));
  app.get(`${KEY_ROUTES_PATH}/openapi.json`, (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(document),
  );
  app.all(KEY_ROUTES_PATH, handler);
  app.all(`${KEY_ROUTES_PATH}/*`, handler);
}
