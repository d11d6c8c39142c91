import { OperationError } from '@latchkey/core';
import type { PortalAction } from '@latchkey/database';
import { initTRPC } from '@trpc/server';
import { toTrpcError } from '../error/to-trpc-error.ts';
import { type OwnerContext, ownerActorOf, type PortalContext } from './portal-context.ts';

const t = initTRPC.context<PortalContext>().create({ isDev: false });

export const portalRouterOf = t.router;

/** Anybody in an open session. */
export const ownerProcedure = t.procedure
  .use(async ({ next }) => {
    const result = await next();
    if (!result.ok) throw toTrpcError(result.error);
    return result;
  })
  .use(({ ctx, next }) => {
    const { session } = ctx;
    if (!session) throw new OperationError('UNAUTHENTICATED', 'This session is over. Open the API keys again from where you came.');
    return next({ ctx: { ...ctx, session, actor: ownerActorOf(ctx, session) } satisfies OwnerContext });
  });

/** Whoever's session allows this. */
export function allowedProcedure(action: PortalAction) {
  return ownerProcedure.use(({ ctx, next }) => {
    if (!ctx.session.actions.includes(action)) throw new OperationError('FORBIDDEN', `This session may not ${action} keys.`);
    return next();
  });
}
