import { OperationError } from '@latchkey/core';
import { initTRPC } from '@trpc/server';
import { type ApiContext, actorOf } from './context.ts';
import { toFault } from './error/to-fault.ts';
import { toTrpcError } from './error/to-trpc-error.ts';

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

/** Open to anybody: the first-run form only. */
export const publicProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok) throw toTrpcError(result.error);
  return result;
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
