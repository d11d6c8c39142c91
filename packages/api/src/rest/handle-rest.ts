import { OPERATION_ERRORS, OperationError } from '@latchkey/core';
import { callTRPCProcedure } from '@trpc/server';
import { appRouter } from '../app-router.ts';
import type { ApiContext } from '../context.ts';
import { isDefect, toFault } from '../error/to-fault.ts';
import { snakeCaseKeys, snakeCasePath } from './field-case.ts';
import { matchRoute } from './match-route.ts';
import { readRestInput } from './read-rest-input.ts';
import type { RestRequest, RestResponse } from './rest-message.ts';
import type { RestRoute } from './rest-routes.ts';

/**
 * Answers one request on the REST of contract §3 through the same procedures that tRPC serves. Never rejects: everything
 * thrown becomes an error body, and what is our fault is handed to `onDefect` to be logged with the request id.
 */
export async function handleRest(request: RestRequest, ctx: ApiContext, onDefect: (error: unknown) => void): Promise<RestResponse> {
  try {
    const match = matchRoute(request.method, request.path);
    if (match.kind === 'unknown') throw new OperationError('NOT_FOUND', 'There is nothing at this path. See /openapi.json.');
    if (match.kind === 'other-method') return refuseMethod(match.allow, ctx);
    const { route, id } = match;
    const answer = await callProcedure(route, ctx, () => readRestInput(route, id, request));
    return { status: route.status, headers: {}, body: snakeCaseKeys(answer) };
  } catch (error) {
    return toErrorResponse(error, ctx, onDefect);
  }
}

/** The input is read lazily, inside the procedure: who may not call it at all learns nothing about their input. */
function callProcedure(route: RestRoute, ctx: ApiContext, getRawInput: () => Promise<unknown>): Promise<unknown> {
  const type = route.method === 'GET' ? 'query' : 'mutation';
  return callTRPCProcedure({ router: appRouter, path: route.procedure, type, ctx, getRawInput, signal: undefined, batchIndex: 0 });
}

function refuseMethod(allow: readonly string[], ctx: ApiContext): RestResponse {
  const { status, error } = OPERATION_ERRORS.METHOD_NOT_ALLOWED;
  const message = `Use one of: ${allow.join(', ')}.`;
  const body = { error, code: 'METHOD_NOT_ALLOWED', message, request_id: ctx.requestId };
  return { status, headers: { allow: allow.join(', ') }, body };
}

function toErrorResponse(thrown: unknown, ctx: ApiContext, onDefect: (error: unknown) => void): RestResponse {
  const { status, code, error, message, details } = toFault(thrown);
  if (isDefect(thrown)) onDefect(thrown);
  const body = { error, code, message, request_id: ctx.requestId };
  if (code !== 'VALIDATION_ERROR') return { status, headers: errorHeaders(status), body };
  return { status, headers: {}, body: { ...body, details: details.map((one) => ({ ...one, path: snakeCasePath(one.path) })) } };
}

function errorHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer realm="latchkey-management"' };
  return status === 503 ? { 'retry-after': '5' } : {};
}
