import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DenialReason } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import type { GuardRequest, RequiredAccess } from '../guard-request.ts';
import type { Verdict } from '../verdict.ts';
import { connectionAddress, isEncrypted } from './connection.ts';
import { type Arrival, answerDenial, answerRefusal, noteArrival, openExchange } from './exchange.ts';
import { checkedMount, originalUrl, targetBelow } from './mount.ts';
import type { NodeGuardOptions } from './node-guard-options.ts';
import { requestIds } from './request-ids.ts';

export { targetBelow } from './mount.ts';
export type { NodeGuardOptions } from './node-guard-options.ts';

/** Answers an admitted request. Send headers, body and status as usual. */
export type ProtectedHandler = (req: IncomingMessage, res: ServerResponse, admission: Admission) => void;

/** The guard in front of `node:http` handlers. */
export interface NodeGuard {
  /** A request listener that runs `handler` for admitted requests only, and answers all others. */
  protect(handler: ProtectedHandler, access?: RequiredAccess): (req: IncomingMessage, res: ServerResponse) => void;
  /**
   * Checks one request and prepares its response; `next` runs when it was admitted. Refusals are answered here. What adapters are made of.
   * `next` runs in the same turn for a cached token.
   */
  enter(req: IncomingMessage, res: ServerResponse, access: RequiredAccess | undefined, next: (admission: Admission) => void): void;
  /** Answers an admitted request with a denial: `upstream_error`, `insufficient_scope`, … It is what its usage record will say. */
  deny(req: IncomingMessage, res: ServerResponse, admission: Admission, reason: DenialReason, required?: readonly string[]): void;
}

/**
 * The guard in front of handlers of `node:http`, and what the adapters for frameworks on it are made of.
 * @throws RangeError for a mount that is not a path.
 */
export function createNodeGuard(guard: Guard, options: NodeGuardOptions = {}): NodeGuard {
  const { clientAddress = connectionAddress, isSecure = isEncrypted } = options;
  const createRequestId = requestIds(options.createRequestId);
  const mount = checkedMount(options.mount ?? '/api');

  function guardRequest(req: IncomingMessage, at: number): GuardRequest {
    return {
      method: req.method ?? 'GET',
      target: targetBelow(mount, originalUrl(req)),
      rawHeaders: req.rawHeaders,
      ip: clientAddress(req),
      requestId: createRequestId(),
      at,
      secure: isSecure(req),
    };
  }

  const enter: NodeGuard['enter'] = (req, res, access, next) => {
    const arrival = noteArrival(req, guard.now);
    const verdict = guard.check(guardRequest(req, arrival.at), access);
    if (verdict instanceof Promise) void verdict.then((late) => proceed(req, res, arrival, late, next));
    else proceed(req, res, arrival, verdict, next);
  };

  function proceed(
    req: IncomingMessage,
    res: ServerResponse,
    arrival: Arrival,
    verdict: Verdict,
    next: (admission: Admission) => void,
  ): void {
    if (verdict.kind === 'deny') answerRefusal(guard, req, res, arrival, verdict);
    else if (openExchange(guard, req, res, arrival, verdict)) next(verdict.admission);
  }

  return {
    protect: (handler, access) => (req, res) => enter(req, res, access, (admission) => handler(req, res, admission)),
    enter,
    deny: (req, res, admission, reason, required) => answerDenial(guard, req, res, admission, reason, required),
  };
}
