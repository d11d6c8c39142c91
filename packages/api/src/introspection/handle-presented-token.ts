import { OperationError, type OperationErrorCode } from '@latchkey/core';
import { callTRPCProcedure } from '@trpc/server';
import { appRouter } from '../app-router.ts';
import type { ApiContext } from '../context.ts';
import { isDefect, toFault } from '../error/to-fault.ts';
import { snakeCaseKeys } from '../rest/field-case.ts';
import { errorHeaders } from '../rest/handle-rest.ts';
import type { RestRequest, RestResponse } from '../rest/rest-message.ts';

/** The two calls of OAuth about a presented token, by path. */
const CALLS = {
  '/introspect': { procedure: 'token.introspect', hasAnswer: true },
  '/revoke': { procedure: 'token.revokePresented', hasAnswer: false },
} as const;

/** Where `handlePresentedToken` answers. */
export const PRESENTED_TOKEN_PATHS = Object.keys(CALLS) as (keyof typeof CALLS)[];

/** What our codes are called in RFC 6749 §5.2 and RFC 7009 §2.2.1. */
const OAUTH_ERRORS: Record<OperationErrorCode, string> = {
  VALIDATION_ERROR: 'invalid_request',
  UNAUTHENTICATED: 'invalid_client',
  FORBIDDEN: 'unauthorized_client',
  NOT_FOUND: 'invalid_request',
  METHOD_NOT_ALLOWED: 'invalid_request',
  CONFLICT: 'unsupported_token_type',
  PAYLOAD_TOO_LARGE: 'invalid_request',
  UNSUPPORTED_MEDIA_TYPE: 'invalid_request',
  LIMIT_REACHED: 'invalid_request',
  TOO_MANY_REQUESTS: 'temporarily_unavailable',
  INTERNAL_ERROR: 'server_error',
  TEMPORARILY_UNAVAILABLE: 'temporarily_unavailable',
};

/** A JSON Web Token is an administrator's, and ends with its session. */
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;

/**
 * Answers `POST /introspect` (RFC 7662) and `POST /revoke` (RFC 7009) through the procedures `token.introspect` and
 * `token.revokePresented`: who may call those may call these. Never rejects.
 */
export async function handlePresentedToken(
  path: keyof typeof CALLS,
  request: RestRequest,
  ctx: ApiContext,
  onDefect: (error: unknown) => void,
): Promise<RestResponse> {
  const { procedure, hasAnswer } = CALLS[path];
  try {
    if (request.method !== 'POST') throw new OperationError('METHOD_NOT_ALLOWED', 'Use POST.');
    // The input is read inside the procedure: who may not call it at all learns nothing about it.
    const getRawInput = async () => readForm(request, path);
    const answer = await callTRPCProcedure({
      ...{ router: appRouter, path: procedure, type: 'mutation' as const, ctx, getRawInput },
      signal: undefined,
      batchIndex: 0,
    });
    return { status: 200, headers: NO_STORE, body: hasAnswer ? snakeCaseKeys(answer) : undefined };
  } catch (error) {
    if (isDefect(error)) onDefect(error);
    return toOAuthError(error);
  }
}

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/**
 * A failure as OAuth has it (RFC 6749 §5.2): `error` and `error_description`, never to be stored.
 * @param error anything that was thrown.
 */
export function toOAuthError(error: unknown): RestResponse {
  const { code, status, message, details } = toFault(error);
  const headers = {
    ...NO_STORE,
    ...errorHeaders(status),
    ...(code === 'METHOD_NOT_ALLOWED' && { allow: 'POST' }),
  };
  const description = details[0]?.message ?? message;
  return { status: code === 'CONFLICT' ? 400 : status, headers, body: { error: OAUTH_ERRORS[code], error_description: description } };
}

async function readForm({ contentType, readBody }: RestRequest, path: keyof typeof CALLS): Promise<unknown> {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw refused('Send the parameters as application/x-www-form-urlencoded.');
  const form = new URLSearchParams(await readBody());
  const [token, ...more] = form.getAll('token');
  if (token === undefined || token === '') throw refused('token is missing.');
  if (more.length > 0 || form.getAll('token_type_hint').length > 1) throw refused('Send each parameter once (RFC 6749 §3.2).');
  if (path === '/revoke' && JWT.test(token)) throw new OperationError('CONFLICT', 'Only API tokens can be revoked here.');
  return { token, tokenTypeHint: form.get('token_type_hint')?.slice(0, 64) };
}

function refused(message: string): OperationError {
  return new OperationError('VALIDATION_ERROR', message);
}
