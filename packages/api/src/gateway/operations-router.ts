import { gatewayListSchema } from '../schemas/gateway.ts';
import { recordAccountInputSchema, recordAccountSchema } from '../schemas/record-account.ts';
import { router, viewerProcedure } from '../trpc.ts';
import { accountForRecords } from './account-for-records.ts';

const HOUR_MS = 3_600_000;
const MOST_ROWS = 1_000;

/** How the deployment is doing. */
export const operationsRouter = router({
  /** The processes that serve, and what each has applied. */
  gateways: viewerProcedure.output(gatewayListSchema).query(async ({ ctx }) => {
    const gateways = await ctx.gateways.list();
    const newestVersion = Math.max(0, ...gateways.map(({ appliedVersion }) => appliedVersion));
    return { gateways, newestVersion, readAt: new Date(ctx.now()).toISOString() };
  }),
  /** What became of the usage records of the last hours: how many were accepted, stored and lost. */
  records: viewerProcedure
    .input(recordAccountInputSchema)
    .output(recordAccountSchema)
    .query(async ({ ctx, input }) => {
      const now = ctx.now();
      const from = now - (now % HOUR_MS) - (input.hours - 1) * HOUR_MS;
      const accounts = await ctx.usage.readGatewayAccounts(from, MOST_ROWS);
      return { ...accountForRecords(accounts), from: new Date(from).toISOString(), readAt: new Date(now).toISOString() };
    }),
});
