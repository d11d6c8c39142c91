import { type ApiContext, handlePresentedToken, PRESENTED_TOKEN_PATHS, type RestResponse, toOAuthError } from '@latchkey/api';
import { OperationError } from '@latchkey/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { toRestRequest } from '../management/rest-routes.ts';

/** A form with one token in it. */
const LARGEST_FORM = 16 * 1024;

/**
 * `POST /introspect` and `POST /revoke`, as OAuth has them. A form is what a page of any other site may send, with the cookies that this one
 * set: like every change, they are refused where a browser says so (`isSameOrigin`).
 */
export function addIntrospectionRoutes(
  app: FastifyInstance,
  options: { readContext: (request: FastifyRequest) => Promise<ApiContext>; logger: Pick<Logger, 'error'> },
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: LARGEST_FORM }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => answer(reply, toOAuthError(toOperationError(error))));
  for (const path of PRESENTED_TOKEN_PATHS) {
    app.all(path, async (request, reply) => {
      const onDefect = (error: unknown) =>
        options.logger.error({ err: error, request_id: request.id }, 'A call about a presented token failed');
      return answer(reply, await handlePresentedToken(path, toRestRequest(request), await options.readContext(request), onDefect));
    });
  }
}

function answer(reply: FastifyReply, { status, headers, body }: RestResponse): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** Fastify refuses what is too large, and bodies that are none. */
function toOperationError(error: unknown): unknown {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return new OperationError('PAYLOAD_TOO_LARGE', 'The form is too large.');
  return status === 400 ? new OperationError('VALIDATION_ERROR', 'The body can not be read.') : error;
}
