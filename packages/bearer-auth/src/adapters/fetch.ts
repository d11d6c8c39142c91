import type { DenialReason } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';
import type { RequiredAccess } from '../guard-request.ts';
import { admissionsBy } from './fetch-admissions.ts';
import { createArrivals, type FetchEnv, type FetchGuardOptions } from './fetch-arrival.ts';
import { answerRefusal, denialResponse, runExchange, unreadResponse } from './fetch-exchange.ts';
import { nodeExchangeOf } from './node-exchange-of.ts';

export { answerBadUrl } from './answer-bad-url.ts';
export type { FetchEnv, FetchGuardOptions } from './fetch-arrival.ts';

/** Answers an admitted request. */
export type FetchHandler = (request: Request, admission: Admission) => Response | Promise<Response>;

/** The guard in front of `Request → Response` handlers. */
export interface FetchGuard {
  /** A fetch handler that runs `handler` for admitted requests only, and answers all others. */
  protect(handler: FetchHandler, access?: RequiredAccess): (request: Request, env?: FetchEnv) => Promise<Response>;
  /**
   * Checks one request; `handle` makes its response when it was admitted. What adapters are made of. A request that passes the same guard again is
   * judged again, and neither counted nor recorded a second time: see `Guard.check`. @param subject by what it is known again; default `request`.
   */
  enter(
    request: Request,
    env: FetchEnv,
    access: RequiredAccess | undefined,
    handle: (admission: Admission) => Response | Promise<Response>,
    subject?: object,
  ): Promise<Response>;
  /** The response that denies an admitted request after all: `insufficient_scope`, `upstream_error`, … Its usage record will say so. */
  deny(request: Request, admission: Admission, reason: DenialReason, required?: readonly string[]): Response;
}

/**
 * The path is judged as `env.incoming` has it, otherwise as `request.url` has it, which fetch servers have normalised: what is judged is what the
 * handler sees. Where `env` has the response of a Node server as well, the guard's part of the answer is added as it is written there, and responses
 * stay as the handler made them; otherwise bodies of requests are counted by their `Content-Length`.
 * @throws RangeError for a mount that is not a path.
 */
export function createFetchGuard(guard: Guard, options: FetchGuardOptions = {}): FetchGuard {
  const arrive = createArrivals(guard, options);
  const admissions = admissionsBy(guard);

  const enter: FetchGuard['enter'] = async (request, env, access, handle, subject = request) => {
    const before = admissions.get(subject);
    const arrival = arrive(request, env, before);
    const node = before === undefined ? nodeExchangeOf(guard, env) : null;
    const checked = guard.check(arrival.guarded, access);
    const verdict = checked instanceof Promise ? await checked : checked;
    if (verdict.kind === 'deny') {
      if (before === undefined) return answerRefusal(guard, arrival, verdict);
      return denialResponse(guard, request, before, verdict.reason, verdict.required);
    }
    const { admission } = verdict;
    if (admission === before) return handle(admission);
    admissions.set(subject, admission);
    if (node === null) return runExchange(guard, arrival, verdict, () => handle(admission));
    return node.open(verdict) ? handle(admission) : unreadResponse();
  };

  return {
    enter,
    protect: (handler, access) => (request, env) => enter(request, env ?? {}, access, (admission) => handler(request, admission)),
    deny: (request, admission, reason, required) => denialResponse(guard, request, admission, reason, required),
  };
}
