import { gatewayListSchema } from '../schemas/gateway.ts';
import { router, viewerProcedure } from '../trpc.ts';

/** How the deployment is doing. */
export const operationsRouter = router({
  /** The processes that serve, and what each has applied. */
  gateways: viewerProcedure.output(gatewayListSchema).query(async ({ ctx }) => {
    const gateways = await ctx.gateways.list();
    const newestVersion = Math.max(0, ...gateways.map(({ appliedVersion }) => appliedVersion));
    return { gateways, newestVersion, readAt: new Date(ctx.now()).toISOString() };
  }),
});
