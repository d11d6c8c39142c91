import { type ApiContext, handleRest, type RestRequest } from '@latchkey/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** `/api/api-tokens…`, `/api/portal-sessions…`. Which calls there are is the business of `@latchkey/api`; this only carries them over HTTP. */
export function addRestRoutes(
  app: FastifyInstance,
  options: { readContext: (request: FastifyRequest) => Promise<ApiContext>; logger: Pick<Logger, 'error'> },
): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const onDefect = (error: unknown) => options.logger.error({ err: error, request_id: request.id }, 'A management call failed');
    const answer = await handleRest(toRestRequest(request), await options.readContext(request), onDefect);
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  };
  // Bodies arrive as text, whatever they claim to be: the call decides whether it takes one.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const root of ['/api/api-tokens', '/api/portal-sessions']) {
    app.all(root, handler);
    app.all(`${root}/*`, handler);
  }
}

/** A request as `@latchkey/api` takes it. */
export function toRestRequest(request: FastifyRequest): RestRequest {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return {
    method: request.method,
    path: mark === -1 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? '' : url.slice(mark)),
    contentType: request.headers['content-type'] ?? null,
    readBody: async () => (typeof request.body === 'string' ? request.body : ''),
  };
}
