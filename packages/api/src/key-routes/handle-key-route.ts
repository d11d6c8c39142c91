import type { OperationErrorCode } from '@latchkey/core';
import { ZodError } from 'zod';
import { toFault } from '../error/to-fault.ts';
import { errorHeaders } from '../rest/handle-rest.ts';
import { readJson } from '../rest/read-rest-input.ts';
import type { RestRequest, RestResponse } from '../rest/rest-message.ts';
import { API_KEY_ERROR_CODES, KeyError, type KeyErrorCode } from './key-error.ts';
import type { KeyRouteContext } from './key-route-context.ts';
import { KEY_ROUTES, type KeyRoute } from './key-routes.ts';

/** Where better-auth clients look for these calls (G-14). */
export const KEY_ROUTES_PATH = '/api/auth/api-key';

/** Our own operation errors by the codes of these routes; those that are missing have the same name. */
const FROM_OPERATION: Partial<Record<OperationErrorCode, KeyErrorCode>> = {
  UNAUTHENTICATED: 'UNAUTHORIZED_SESSION',
  NOT_FOUND: 'KEY_NOT_FOUND',
  INTERNAL_ERROR: 'INTERNAL_SERVER_ERROR',
};

/**
 * Answers one request below `/api/auth/api-key` as better-auth's plug-in would: the record itself, or `{ code, message }` with the status of
 * the code (S3-108). Never rejects; what is our fault is handed to `onDefect` to be logged with the request id.
 */
export async function handleKeyRoute(
  request: RestRequest,
  ctx: KeyRouteContext,
  onDefect: (error: unknown) => void,
): Promise<RestResponse> {
  try {
    const route = findRoute(request.path);
    if (route.method !== request.method) return refuseMethod(route);
    // Who may not call at all learns nothing about their input.
    if (ctx.account === null) throw new KeyError(route.unauthenticated);
    return { status: 200, headers: {}, body: await route.call(ctx, await readInput(route, request)) };
  } catch (error) {
    return toErrorResponse(error, onDefect);
  }
}

function findRoute(path: string): KeyRoute {
  const name = path.slice(KEY_ROUTES_PATH.length + 1);
  const found = Object.values(KEY_ROUTES).find((route) => route.path === name);
  if (!found) throw new KeyError('NOT_FOUND');
  return found;
}

function refuseMethod({ method }: KeyRoute): RestResponse {
  const { code, status, message } = new KeyError('METHOD_NOT_ALLOWED', `Use ${method}.`);
  return { status, headers: { allow: method }, body: { code, message } };
}

function readInput({ input, method }: KeyRoute, request: RestRequest): unknown {
  if (input === null) return null;
  return method === 'GET' ? Object.fromEntries(request.query) : readJson(request);
}

function toErrorResponse(thrown: unknown, onDefect: (error: unknown) => void): RestResponse {
  const error = toKeyError(thrown);
  if (error.status === 500) onDefect(thrown);
  return { status: error.status, headers: errorHeaders(error.status), body: { code: error.code, message: error.message } };
}

function toKeyError(thrown: unknown): KeyError {
  if (thrown instanceof KeyError) return thrown;
  if (thrown instanceof ZodError) {
    return new KeyError(
      'VALIDATION_ERROR',
      thrown.issues.map(({ path, message }) => describeFault(path.map(String).join('.'), message)).join('; '),
    );
  }
  const { code, message, details } = toFault(thrown);
  const said = details.length > 0 ? details.map((detail) => describeFault(detail.path, detail.message)).join('; ') : message;
  const own = FROM_OPERATION[code] ?? code;
  return new KeyError(isKeyErrorCode(own) ? own : 'INTERNAL_SERVER_ERROR', said);
}

function isKeyErrorCode(code: string): code is KeyErrorCode {
  return Object.hasOwn(API_KEY_ERROR_CODES, code);
}

/** `[keyId] …`: where, and what to change. */
function describeFault(path: string, message: string): string {
  return path === '' ? message : `[${path}] ${message}`;
}
