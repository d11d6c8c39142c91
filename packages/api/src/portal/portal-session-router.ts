import { z } from 'zod';
import { tokenIdSchema } from '../schemas/common.ts';
import {
  createdPortalSessionSchema,
  createPortalSessionInputSchema,
  listPortalSessionsInputSchema,
  portalSessionListSchema,
  portalSessionSchema,
} from '../schemas/portal.ts';
import { adminProcedure, router, viewerProcedure } from '../trpc.ts';
import { createPortalSession } from './create-portal-session.ts';

/** What a host application does with the sessions of its users; what those do in them is `portal-router.ts`. */
export const portalSessionRouter = router({
  create: adminProcedure
    .input(createPortalSessionInputSchema)
    .output(createdPortalSessionSchema)
    .mutation(({ ctx, input }) => createPortalSession(ctx, input)),

  list: viewerProcedure
    .input(listPortalSessionsInputSchema)
    .output(portalSessionListSchema)
    .query(async ({ ctx, input }) => ({ ...(await ctx.portal.sessions.list(input)), limit: input.limit, offset: input.offset })),

  revoke: adminProcedure
    .input(z.object({ id: tokenIdSchema }))
    .output(z.object({ session: portalSessionSchema }))
    .mutation(async ({ ctx, input }) => ({ session: await ctx.portal.sessions.revoke(input.id, ctx.actor) })),
});
