import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiParts, KeyVerifier } from '@latchkey/api';
import { OperationError } from '@latchkey/core';
import { type FastifyInstance, type FastifyRequest, type FastifyServerFactory, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Auth } from '../admin/create-auth.ts';
import { addIntrospectionRoutes } from '../introspection/introspection-routes.ts';
import { addLeakRoutes, type LeakRoutesOptions } from '../leak/leak-routes.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { createCallReader } from './api-context.ts';
import { addAuthRoutes } from './auth-routes.ts';
import { isSecure } from './client-facts.ts';
import { addConsoleRoutes } from './console-routes.ts';
import { createErrorHandler, replyWithError } from './error-reply.ts';
import { isSameOrigin } from './is-same-origin.ts';
import { addKeyRoutes } from './key-routes.ts';
import { addOperatorRoutes, type OperatorRoutesOptions } from './operator-routes.ts';
import { addPortalRoutes } from './portal-routes.ts';
import { requestHeaders } from './request-headers.ts';
import { addRestRoutes } from './rest-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { addTrpcRoutes } from './trpc-routes.ts';

const LARGEST_BODY = 1024 * 1024;
const BODY_TIMEOUT_MS = 30_000;

export interface ManagementOptions extends OperatorRoutesOptions {
  /** Reports of leaked tokens. */
  readonly leaks: LeakRoutesOptions;
  readonly auth: Auth;
  readonly parts: ApiParts;
  /** Judges keys as the guard of the public API does. */
  readonly verifyKey: KeyVerifier;
  /** Absolute; `null`: no console is served. */
  readonly consoleDirectory: string | null;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly tracing?: Tracing | null;
  /** How long a body may take to arrive; 30,000. */
  readonly bodyTimeoutMs?: number | undefined;
  /** Where the app shares an `http.Server` with the gateway. */
  readonly serverFactory?: FastifyServerFactory | undefined;
}

/** Everything but the public API: console, procedures, management REST, sign-in, and what operators ask. Ready to serve. */
export async function createManagementApp(options: ManagementOptions): Promise<FastifyInstance> {
  const onError = createErrorHandler(options.logger);
  const app = fastify({
    bodyLimit: LARGEST_BODY,
    // A name that a client sends is a client's; ours must be one of a kind.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    // Batched calls have all their names in one segment.
    routerOptions: { maxParamLength: 5_000 },
    // An open event stream would hold up the end for ever.
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => onError(error, request, reply.headers(securityHeaders(false))),
    ...(options.serverFactory ? { serverFactory: options.serverFactory } : {}),
  });
  app.setErrorHandler(onError);
  options.tracing?.watchManagement(app);
  logRequests(app, options.logger);
  addRequestRules(app, options);
  const readCall = createCallReader(options);
  const readContext = async (request: FastifyRequest) => (await readCall(request)).context;
  // Each in a scope of its own, because each reads bodies in its own way.
  await app.register(async (scope) => addAuthRoutes(withoutParsers(scope), options));
  await app.register(async (scope) => addKeyRoutes(scope, { ...options, readCall }));
  await app.register(async (scope) => addTrpcRoutes(withoutParsers(scope), { ...options, readContext }));
  await app.register(async (scope) => addRestRoutes(scope, { ...options, readContext }));
  await app.register(async (scope) => addIntrospectionRoutes(scope, { ...options, readContext }));
  await app.register(async (scope) => addPortalRoutes(scope, options));
  await app.register(async (scope) => addLeakRoutes(scope, { ...options.leaks, clientFacts: options.clientFacts, logger: options.logger }));
  addOperatorRoutes(app, options);
  await addConsoleRoutes(app, { directory: options.consoleDirectory, readEmbedOrigin: options.parts.portal.mint.readOrigin });
  await app.ready();
  return app;
}

/** What holds for every request: an id, the security headers, and no change on a foreign page's behalf. */
function addRequestRules(app: FastifyInstance, { clientFacts, bodyTimeoutMs = BODY_TIMEOUT_MS }: ManagementOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    endSlowBody(request.raw, bodyTimeoutMs);
    const facts = clientFacts(request.raw);
    reply.headers({ ...securityHeaders(isSecure(facts)), 'x-request-id': request.id });
    if (isSameOrigin({ method: request.method, headers: requestHeaders(request.raw) }, facts.origin)) return;
    const message =
      'A change with a session needs the Origin of this server. Behind a proxy, set LATCHKEY_PUBLIC_URL or LATCHKEY_TRUSTED_PROXIES.';
    return replyWithError(reply, new OperationError('FORBIDDEN', message));
  });
}

/** For whoever debugs: one line a request, by its route. */
function logRequests(app: FastifyInstance, logger: ManagementOptions['logger']): void {
  app.addHook('onResponse', async ({ id, method, routeOptions }, reply) => {
    const fields = { request_id: id, method, route: routeOptions.url ?? null, status: reply.statusCode, duration_ms: reply.elapsedTime };
    logger.debug(fields, 'A management request');
  });
}

/** The shared server sets no time for bodies, because the public API's may be large. These are small. */
function endSlowBody(message: IncomingMessage, timeoutMs: number): void {
  if (message.complete) return;
  const timer = setTimeout(() => message.destroy(), timeoutMs);
  message.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
}

function withoutParsers(scope: FastifyInstance): FastifyInstance {
  scope.removeAllContentTypeParsers();
  return scope;
}
