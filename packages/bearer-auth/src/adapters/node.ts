import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import type { GuardRequest } from '../guard-request.ts';
import type { Verdict } from '../verdict.ts';
import { connectionAddress, isEncrypted } from './connection.ts';
import { type Arrival, answerDenial, answerRefusal, exchangeBefore, noteArrival, openExchange } from './exchange.ts';
import { checkedMount, originalUrl, targetBelow } from './mount.ts';
import type { NodeGuard } from './node-guard.ts';
import type { NodeGuardOptions } from './node-guard-options.ts';
import { requestIds } from './request-ids.ts';

export { targetBelow } from './mount.ts';
export type { NodeGuard, ProtectedHandler } from './node-guard.ts';
export type { NodeGuardOptions } from './node-guard-options.ts';

/**
 * The guard in front of handlers of `node:http`, and what the adapters for frameworks on it are made of.
 * @param servedUrl what a request is served by: that is what is judged. Default: `originalUrl`, where a framework has set it, or `url`.
 * @throws RangeError for a mount that is not a path.
 */
export function createNodeGuard(
  guard: Guard,
  options: NodeGuardOptions = {},
  servedUrl: (req: IncomingMessage) => string = originalUrl,
): NodeGuard {
  const { clientAddress = connectionAddress, isSecure = isEncrypted } = options;
  const createRequestId = requestIds(options.createRequestId);
  const mount = checkedMount(options.mount ?? '/api');

  function guardRequest(req: IncomingMessage, at: number, admitted: Admission | undefined): GuardRequest {
    return {
      method: req.method ?? 'GET',
      target: targetBelow(mount, servedUrl(req)),
      rawHeaders: req.rawHeaders,
      ip: clientAddress(req),
      requestId: admitted?.requestId ?? createRequestId(),
      at,
      secure: isSecure(req),
      admitted,
    };
  }

  const enter: NodeGuard['enter'] = (req, res, access, next) => {
    const before = exchangeBefore(guard, res);
    const arrival = before?.arrival ?? noteArrival(req, guard.now);
    const verdict = guard.check(guardRequest(req, arrival.at, before?.admission), access);
    if (verdict instanceof Promise) return verdict.then((late) => proceed(req, res, arrival, late, next));
    proceed(req, res, arrival, verdict, next);
    return undefined;
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
