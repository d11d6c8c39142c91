import { OperationError } from '@latchkey/core';
import { initTRPC } from '@trpc/server';
import { type ApiContext, actorOf } from './context.ts';

const t = initTRPC.context<ApiContext>().create({ isDev: false });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Open to anybody: the first-run form only. */
export const publicProcedure = t.procedure;

/** Any signed-in account: reads. */
export const viewerProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.account) throw new OperationError('UNAUTHENTICATED', 'Sign in, or send an administrator JWT.');
  return next({ ctx: { ...ctx, account: ctx.account, actor: actorOf(ctx, ctx.account) } });
});

/** Administrators: every change. */
export const adminProcedure = viewerProcedure.use(({ ctx, next }) => {
  if (ctx.account.role !== 'admin') throw new OperationError('FORBIDDEN', 'Your role may look but not change. Ask an administrator.');
  return next();
});
