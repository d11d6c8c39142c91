import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Auth } from '../admin/create-auth.ts';
import { isSecure, type ReadClientFacts } from './client-facts.ts';
import { requestHeaders } from './request-headers.ts';

/** `/api/auth/*`: sign-in, session, JWT. */
export function addAuthRoutes(app: FastifyInstance, options: { auth: Auth; clientFacts: ReadClientFacts }): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    async handler(request, reply) {
      const facts = options.clientFacts(request.raw);
      const response = await options.auth.handle({
        method: request.method,
        secure: isSecure(facts),
        url: request.raw.url ?? '',
        headers: requestHeaders(request.raw),
        body: bodyOf(request),
        clientAddress: facts.address,
      });
      return pass(response, reply);
    },
  });
}

function bodyOf(request: FastifyRequest): string | null {
  if (request.method !== 'POST') return null;
  return typeof request.body === 'string' ? request.body : '{}';
}

async function pass(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  const text = await response.text();
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  return reply.code(response.status).header('cache-control', 'no-store').send(text);
}
