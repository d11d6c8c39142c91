import { OPERATION_ERRORS, OperationError } from '@latchkey/core';
import { type AnyTRPCRouter, callTRPCProcedure } from '@trpc/server';
import { appRouter } from '../app-router.ts';
import type { ApiContext } from '../context.ts';
import { isDefect, toFault } from '../error/to-fault.ts';
import { snakeCaseKeys, snakeCasePath } from './field-case.ts';
import { createRouteMatcher } from './match-route.ts';
import { readRestInput } from './read-rest-input.ts';
import type { RestRequest, RestResponse } from './rest-message.ts';
import { REST_ROUTES, type RestRoute } from './rest-routes.ts';

/** What answers the calls of one REST: its procedures, and the table of doors to them. */
export interface RestHandlerOptions {
  readonly router: AnyTRPCRouter;
  readonly routes: readonly RestRoute<string>[];
}

type RestContext = Pick<ApiContext, 'requestId'>;

export type RestHandler<Context extends RestContext> = (
  request: RestRequest,
  ctx: Context,
  onDefect: (error: unknown) => void,
) => Promise<RestResponse>;

/**
 * Answers requests on a REST through the same procedures that tRPC serves. Never rejects: everything thrown becomes an error body,
 * and what is our fault is handed to `onDefect` to be logged with the request id.
 */
export function createRestHandler<Context extends RestContext>({ router, routes }: RestHandlerOptions): RestHandler<Context> {
  const matchRoute = createRouteMatcher(routes);
  return async (request, ctx, onDefect) => {
    try {
      const match = matchRoute(request.method, request.path);
      if (match.kind === 'unknown') throw new OperationError('NOT_FOUND', 'There is nothing at this path. See /openapi.json.');
      if (match.kind === 'other-method') return refuseMethod(match.allow, ctx);
      const { route, id } = match;
      const answer = await callProcedure(router, route, ctx, () => readRestInput(route, id, request));
      return { status: route.status, headers: {}, body: snakeCaseKeys(answer) };
    } catch (error) {
      return toErrorResponse(error, ctx, onDefect);
    }
  };
}

/** The management REST of contract §3. */
export const handleRest: RestHandler<ApiContext> = createRestHandler({ router: appRouter, routes: REST_ROUTES });

/** The input is read lazily, inside the procedure: who may not call it at all learns nothing about their input. */
function callProcedure(
  router: AnyTRPCRouter,
  route: RestRoute<string>,
  ctx: RestContext,
  getRawInput: () => Promise<unknown>,
): Promise<unknown> {
  const type = route.method === 'GET' ? 'query' : 'mutation';
  return callTRPCProcedure({ router, path: route.procedure, type, ctx, getRawInput, signal: undefined, batchIndex: 0 });
}

function refuseMethod(allow: readonly string[], ctx: RestContext): RestResponse {
  const { status, error } = OPERATION_ERRORS.METHOD_NOT_ALLOWED;
  const message = `Use one of: ${allow.join(', ')}.`;
  const body = { error, code: 'METHOD_NOT_ALLOWED', message, request_id: ctx.requestId };
  return { status, headers: { allow: allow.join(', ') }, body };
}

function toErrorResponse(thrown: unknown, ctx: RestContext, onDefect: (error: unknown) => void): RestResponse {
  const { status, code, error, message, details } = toFault(thrown);
  if (isDefect(thrown)) onDefect(thrown);
  const body = { error, code, message, request_id: ctx.requestId };
  if (code !== 'VALIDATION_ERROR') return { status, headers: errorHeaders(status), body };
  return { status, headers: {}, body: { ...body, details: details.map((one) => ({ ...one, path: snakeCasePath(one.path) })) } };
}

/** What an error of this status carries beside its body. */
export function errorHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer realm="latchkey-management"' };
  return status === 503 ? { 'retry-after': '5' } : {};
}
