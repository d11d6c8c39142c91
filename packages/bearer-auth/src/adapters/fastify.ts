import type { IncomingMessage } from 'node:http';
import type { Permissions } from '@latchkey/core';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions, RouteShorthandOptions } from 'fastify';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { createNodeGuard, type NodeGuardOptions } from './node.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The admitted token and what is known of the request; `null` on routes without the guard. */
    latchkey: Admission | null;
  }
  interface FastifyContextConfig {
    /** What a route asks for beyond a valid token. */
    latchkey?: RequiredAccess;
  }
}

/** What `protectFastify` and `answerBadUrl` stand on: the guard, and how requests are read. */
export interface FastifyGuardOptions extends NodeGuardOptions {
  readonly guard: Guard;
}

/**
 * The guard as a Fastify 5 plugin: it protects the routes of the context it is called for –
 * `app.register(async (api) => { protectFastify(api, { guard }); api.get('/products', …); }, { prefix: '/api' })`. In a context within another that
 * the same guard protects it judges again, and neither counts nor records a request a second time.
 * What `rewriteUrl` made of a path is what is judged, and what `mount` is cut off.
 */
export function protectFastify(instance: FastifyInstance, options: FastifyGuardOptions): void {
  const node = createNodeGuard(options.guard, options, routedUrl);
  if (!instance.hasRequestDecorator('latchkey')) instance.decorateRequest('latchkey', null);
  instance.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const access = request.routeOptions.config.latchkey;
    // A refusal is answered on the raw response, and the route never runs.
    const late = node.enter(request.raw, reply.raw, access, (admission) => {
      request.latchkey = admission;
      done();
    });
    late?.catch(done);
  });
}

/**
 * For `fastify({ frameworkErrors })`: Fastify answers a path that it can not decode before any hook runs; with this the guard answers it,
 * like every other path that is not canonical.
 */
export function answerBadUrl(options: FastifyGuardOptions): FrameworkErrors {
  const node = createNodeGuard(options.guard, options, routedUrl);
  return (_error, request, reply) => {
    // What the guard would let through Fastify still can not route.
    const late = node.enter(request.raw, reply.raw, undefined, (admission) => node.deny(request.raw, reply.raw, admission, 'invalid_path'));
    late?.catch((error) => reply.send(error));
  };
}

/** Not what the client sent, which `rewriteUrl` may have replaced. */
function routedUrl({ url = '' }: IncomingMessage): string {
  return url;
}

type FrameworkErrors = NonNullable<FastifyServerOptions['frameworkErrors']>;

/** Route options that ask for scopes, before any rate is consumed: `api.post('/products', requireScope('write'), …)`. */
export function requireScope(...scopes: string[]): RouteShorthandOptions {
  return { config: { latchkey: { scopes } } };
}

/** Route options that ask for permissions: `api.get('/files', requirePermission({ files: ['read'] }), …)`. */
export function requirePermission(permissions: Permissions): RouteShorthandOptions {
  return { config: { latchkey: { permissions } } };
}
