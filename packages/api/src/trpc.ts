import { OperationError, type OperationErrorCode } from '@latchkey/core';
import { initTRPC, TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { type ApiContext, actorOf } from './context.ts';
import { toFault } from './error/to-fault.ts';

const t = initTRPC.context<ApiContext>().create({
  // Errors would carry stack traces otherwise.
  isDev: false,
  errorFormatter({ shape, error, ctx, path }) {
    const { code, status, message, details } = toFault(error);
    return { ...shape, message, data: { code, httpStatus: status, path: path ?? null, details, requestId: ctx?.requestId ?? null } };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** The HTTP status of a tRPC answer follows from tRPC's own code, so an operation error has to be given one. */
const TRPC_CODES = {
  VALIDATION_ERROR: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_ALLOWED: 'METHOD_NOT_SUPPORTED',
  CONFLICT: 'CONFLICT',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  LIMIT_REACHED: 'UNPROCESSABLE_CONTENT',
  TOO_MANY_REQUESTS: 'TOO_MANY_REQUESTS',
  INTERNAL_ERROR: 'INTERNAL_SERVER_ERROR',
  TEMPORARILY_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<OperationErrorCode, TRPC_ERROR_CODE_KEY>;

/** Open to anybody: the first-run form only. */
export const publicProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof OperationError)) return result;
  const { cause } = result.error;
  throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
});

/** Any signed-in account: reads. */
export const viewerProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.account) throw new OperationError('UNAUTHENTICATED', 'Sign in, or send an administrator JWT.');
  return next({ ctx: { ...ctx, account: ctx.account, actor: actorOf(ctx, ctx.account) } });
});

/** Administrators: every change. */
export const adminProcedure = viewerProcedure.use(({ ctx, next }) => {
  if (ctx.account.role !== 'admin') throw new OperationError('FORBIDDEN', 'Your role may look but not change. Ask an administrator.');
  return next();
});
