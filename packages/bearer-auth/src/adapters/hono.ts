import { holdsPermissions, listPermissions, type Permissions, type TokenRecord } from '@latchkey/core';
import type { Context, MiddlewareHandler } from 'hono';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { createFetchGuard, type FetchEnv, type FetchGuardOptions } from './fetch.ts';

/** For `new Hono<LatchkeyEnv>()`: `c.get('latchkey')` is the admitted token and what is known of the request. */
export interface LatchkeyEnv {
  Variables: { latchkey: Admission };
}

/** The guard as Hono 4 middleware, on Node (`@hono/node-server`), Bun, Deno and wherever else Hono runs. */
export interface HonoGuard {
  /**
   * Admits or answers: `app.use('/api/*', protect())`, or before one route. Below another `protect()` of the same guard it judges again – for a stricter scope, say –
   * and neither counts nor records the request a second time.
   */
  protect(access?: RequiredAccess): MiddlewareHandler<LatchkeyEnv>;
  /**
   * Asks for scopes on one route: `app.post('/api/products', requireScope('write'), …)`. Alone it is the whole guard, and a missing scope
   * consumes no rate. Below a `protect()` that already admitted the request it only looks at the scopes.
   */
  requireScope(...scopes: string[]): MiddlewareHandler<LatchkeyEnv>;
  /** The same for permissions: `app.get('/api/files', requirePermission({ files: ['read'] }), …)`. */
  requirePermission(permissions: Permissions): MiddlewareHandler<LatchkeyEnv>;
}

type HonoContext = Context<LatchkeyEnv>;

/** Mounting below a path is fine: the guard judges what the client sent, without `mount`. */
export function createHonoGuard(guard: Guard, options: FetchGuardOptions = {}): HonoGuard {
  const fetchGuard = createFetchGuard(guard, options);

  function protect(access?: RequiredAccess): MiddlewareHandler<LatchkeyEnv> {
    return async (c, next) => {
      const env: FetchEnv = (c.env as FetchEnv | undefined) ?? {};
      const response = await fetchGuard.enter(
        c.req.raw,
        env,
        access,
        async (admission) => {
          c.set('latchkey', admission);
          await next();
          return c.res;
        },
        c,
      );
      if (response === c.res) return;
      // Assigned headers would be merged with those of the answer that is replaced.
      c.res = undefined;
      c.res = response;
    };
  }

  /** Of a request that is admitted already only what the token holds is looked at. */
  function demand(access: RequiredAccess, holds: (token: TokenRecord) => boolean, deny: (c: HonoContext) => Response) {
    const whole = protect(access);
    const handler: MiddlewareHandler<LatchkeyEnv> = async (c, next) => {
      const admission = c.get('latchkey') as Admission | undefined;
      if (admission === undefined) return whole(c, next);
      if (holds(admission.token)) return next();
      return deny(c);
    };
    return handler;
  }

  function requireScope(...scopes: string[]): MiddlewareHandler<LatchkeyEnv> {
    const holds = (token: TokenRecord) => scopes.every((scope) => token.scopes.includes(scope));
    return demand({ scopes }, holds, (c) => fetchGuard.deny(c.req.raw, c.get('latchkey'), 'insufficient_scope', scopes));
  }

  function requirePermission(permissions: Permissions): MiddlewareHandler<LatchkeyEnv> {
    const holds = (token: TokenRecord) => holdsPermissions(token.permissions, permissions);
    const required = listPermissions(permissions);
    return demand({ permissions }, holds, (c) => fetchGuard.deny(c.req.raw, c.get('latchkey'), 'insufficient_permission', required));
  }

  return { protect, requireScope, requirePermission };
}
