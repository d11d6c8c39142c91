import type { IncomingMessage } from 'node:http';
import { type DenialReason, holdsPermissions, listPermissions, type Permissions, type TokenRecord } from '@latchkey/core';
import type { Request, RequestHandler } from 'express';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { expressUrl } from './mount.ts';
import { createNodeGuard, type NodeGuardOptions } from './node.ts';

declare global {
  namespace Express {
    interface Request {
      /** The admitted token and what is known of the request; absent on routes without the guard. */
      latchkey?: Admission;
    }
  }
}

/** The guard as Express 5 middleware. */
export interface ExpressGuard {
  /**
   * Admits or answers: `app.use('/api', protect())`, or before one route. Below another `protect()` of the same guard it judges again – for a stricter scope, say –
   * and neither counts nor records the request a second time.
   */
  protect(access?: RequiredAccess): RequestHandler;
  /**
   * Asks for scopes on one route: `app.post('/api/products', requireScope('write'), …)`. Alone it is the whole guard, and a missing scope
   * consumes no rate. Below a `protect()` that already admitted the request it only looks at the scopes.
   */
  requireScope(...scopes: string[]): RequestHandler;
  /** The same for permissions: `app.get('/api/files', requirePermission({ files: ['read'] }), …)`. */
  requirePermission(permissions: Permissions): RequestHandler;
}

/** Mounting below a path is fine: the guard judges the whole path, without `mount`; what middleware before it has rewritten, as that left it. */
export function createExpressGuard(guard: Guard, options: NodeGuardOptions = {}): ExpressGuard {
  const node = createNodeGuard(guard, options, (req) => expressUrl(req as Request));

  function protect(access?: RequiredAccess): RequestHandler {
    // Express takes what rejects a promise that it is given like what is thrown.
    return (req, res, next) =>
      node.enter(req as IncomingMessage, res, access, (admission) => {
        req.latchkey = admission;
        next();
      });
  }

  /** Of a request that is admitted already only what the token holds is looked at. */
  function demand(access: RequiredAccess, holds: (token: TokenRecord) => boolean, reason: DenialReason, required: readonly string[]) {
    const whole = protect(access);
    const handler: RequestHandler = (req, res, next) => {
      const admission = req.latchkey;
      if (admission === undefined) return whole(req, res, next);
      if (holds(admission.token)) return next();
      node.deny(req, res, admission, reason, required);
    };
    return handler;
  }

  function requireScope(...scopes: string[]): RequestHandler {
    const holds = (token: TokenRecord) => scopes.every((scope) => token.scopes.includes(scope));
    return demand({ scopes }, holds, 'insufficient_scope', scopes);
  }

  function requirePermission(permissions: Permissions): RequestHandler {
    const holds = (token: TokenRecord) => holdsPermissions(token.permissions, permissions);
    return demand({ permissions }, holds, 'insufficient_permission', listPermissions(permissions));
  }

  return { protect, requireScope, requirePermission };
}
