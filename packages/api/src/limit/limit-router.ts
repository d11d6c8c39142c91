import { z } from 'zod';
import { tokenIdSchema } from '../schemas/common.ts';
import { limitStatusSchema, throttledTokenSchema } from '../schemas/limit.ts';
import { topInputSchema } from '../schemas/usage.ts';
import { router, viewerProcedure } from '../trpc.ts';
import { parseRange } from '../usage/parse-range.ts';
import { readLimitStatus } from './read-limit-status.ts';

export const limitRouter = router({
  /** The windows and the quota of one token now; counts nothing. */
  status: viewerProcedure
    .input(z.object({ id: tokenIdSchema }))
    .output(limitStatusSchema)
    .query(({ ctx, input }) => readLimitStatus(ctx, input.id)),

  /** Tokens that were refused for their limit in the range, most refusals first. */
  throttled: viewerProcedure
    .input(topInputSchema)
    .output(z.object({ tokens: z.array(throttledTokenSchema) }))
    .query(async ({ ctx, input }) => ({ tokens: await ctx.usage.readThrottled({ ...parseRange(input), limit: input.limit }) })),
});
