import { type ApiContext, appRouter, isDefect, toTrpcError } from '@latchkey/api';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

const LARGEST_BATCH = 20;

/** `/trpc/*`. Only JSON is read: forms and uploads, which a foreign page could send without asking, are 415. */
export function addTrpcRoutes(
  app: FastifyInstance,
  options: { readContext: (request: FastifyRequest) => Promise<ApiContext>; logger: Pick<Logger, 'error'> },
): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route<{ Params: { path: string } }>({
    method: ['GET', 'POST'],
    url: '/trpc/:path',
    async handler(req, res) {
      await fastifyRequestHandler({
        router: appRouter,
        req,
        res,
        path: req.params.path,
        maxBatchSize: LARGEST_BATCH,
        createContext: () => options.readContext(req).catch((error: unknown) => Promise.reject(toTrpcError(error))),
        onError({ error, path }) {
          if (isDefect(error)) options.logger.error({ err: error.cause ?? error, request_id: req.id, path }, 'A procedure failed');
        },
      });
    },
  });
}
