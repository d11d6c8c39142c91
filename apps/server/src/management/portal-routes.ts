import { type ApiParts, handlePortal, openPortalSession, type PortalContext } from '@latchkey/api';
import { OperationError } from '@latchkey/core';
import type { PortalSessionView } from '@latchkey/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { recordedUserAgent } from '../http/recorded-user-agent.ts';
import { type ClientFacts, isSecure, type ReadClientFacts } from './client-facts.ts';
import { readPortalCookie, writePortalCookie } from './portal-cookie.ts';
import { toRestRequest } from './rest-routes.ts';

const BEARER = /^Bearer +(\S+)$/i;
/** The page names the session it shows, so that a second one opened in the same browser is not taken for it. */
const SESSION_HEADER = 'x-portal-session';

export interface PortalRoutesOptions {
  readonly parts: ApiParts;
  readonly clientFacts: ReadClientFacts;
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * `/api/portal/…`: the calls of owners. A session is known by a cookie on our own page, or by a bearer that stays in the memory of a
 * page of the one foreign origin that the session names. No administrator's credential counts here.
 */
export function addPortalRoutes(app: FastifyInstance, options: PortalRoutesOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (_request, reply) => {
    // Without credentials: a foreign page can send no cookie with it. Whether its bearer may come from there is checked per call.
    reply.header('access-control-allow-origin', '*');
  });
  app.options('/api/portal/*', (_request, reply) => reply.code(204).headers(PREFLIGHT).send());
  app.post('/api/portal/session', (request, reply) => openSession(request, reply, options));
  app.delete('/api/portal/session', (request, reply) => endSession(request, reply, options));
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/api/portal/*',
    async handler(request, reply) {
      const onDefect = (error: unknown) => options.logger.error({ err: error, request_id: request.id }, 'A portal call failed');
      const context = await readContext(request, options);
      const answer = await handlePortal(toRestRequest(request), context, onDefect);
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    },
  });
}

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
  'access-control-allow-headers': `authorization, content-type, ${SESSION_HEADER}`,
  'access-control-max-age': '600',
} as const;

/** The link comes as a bearer: a foreign page can not send that without asking first, and no log keeps it. */
async function openSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { parts, clientFacts }: PortalRoutesOptions,
): Promise<FastifyReply> {
  const facts = clientFacts(request.raw);
  const link = BEARER.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const { session, bearer } = await openPortalSession(parts, link, { ipAddress: facts.address, userAgent: userAgentOf(request) });
  refuseForeignOrigin(request, facts, session);
  const opened = { id: session.id, expires_at: session.expiresAt };
  if (session.embedOrigin !== null) return reply.send({ session: opened, bearer });
  const maxAge = (Date.parse(session.expiresAt) - parts.now()) / 1000;
  return reply.header('set-cookie', writePortalCookie(bearer, maxAge, isSecure(facts))).send({ session: opened, bearer: null });
}

async function endSession(request: FastifyRequest, reply: FastifyReply, options: PortalRoutesOptions): Promise<FastifyReply> {
  const { session, ipAddress, userAgent } = await readContext(request, options);
  if (session) {
    const name = session.ownerName ?? `${session.ownerType} ${session.ownerId}`;
    await options.parts.portal.sessions.revoke(session.id, { id: `portal:${session.id}`, name, ipAddress, userAgent });
  }
  const secure = isSecure(options.clientFacts(request.raw));
  return reply.header('set-cookie', writePortalCookie('', 0, secure)).send({ message: 'The session has ended.' });
}

async function readContext(request: FastifyRequest, { parts, clientFacts }: PortalRoutesOptions): Promise<PortalContext> {
  const { tokens, owners, usage, mint, policy, portal, now, tokensChanged } = parts;
  const facts = clientFacts(request.raw);
  const session = await findSession(request, facts, parts);
  if (session) refuseForeignOrigin(request, facts, session);
  const caller = { session, requestId: request.id, ipAddress: facts.address, userAgent: userAgentOf(request) };
  return { tokens, owners, usage, mint, policy, portal, now, tokensChanged, ...caller };
}

/** A bearer that is no good is never made up for by a cookie. */
async function findSession(request: FastifyRequest, facts: ClientFacts, { portal }: ApiParts): Promise<PortalSessionView | null> {
  const { authorization, cookie } = request.headers;
  const text = authorization === undefined ? readPortalCookie(cookie, isSecure(facts)) : (BEARER.exec(authorization)?.[1] ?? '');
  const digest = text === null ? null : portal.mint.digest('bearer', text);
  const session = digest === null ? null : await portal.sessions.findOpen(digest);
  const named = request.headers[SESSION_HEADER];
  return named === undefined || named === `${session?.id}` ? session : null;
}

/** Browsers say in `Origin` which page a call comes from; programs say nothing. */
function refuseForeignOrigin(request: FastifyRequest, facts: ClientFacts, session: PortalSessionView): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined || site === 'same-origin' || origin === facts.origin || origin === session.embedOrigin) return;
  throw new OperationError(
    'FORBIDDEN',
    'This session is not for pages of this origin. The application that made it names the origin in embed_origin.',
  );
}

function userAgentOf(request: FastifyRequest): string | null {
  return recordedUserAgent(request.headers);
}
