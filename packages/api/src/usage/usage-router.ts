import { z } from 'zod';
import { tokenIdSchema } from '../schemas/common.ts';
import { trialReportSchema } from '../schemas/trial.ts';
import {
  attentionSchema,
  endpointStatsSchema,
  overviewReportInputSchema,
  overviewReportSchema,
  rangeInputSchema,
  requestsInputSchema,
  requestsSchema,
  seriesInputSchema,
  seriesSchema,
  summarySchema,
  tokenStatsSchema,
  topInputSchema,
  unknownAttemptSchema,
  usageReportInputSchema,
  usageReportSchema,
} from '../schemas/usage.ts';
import { whatIfInputSchema, whatIfSchema } from '../schemas/what-if.ts';
import { router, viewerProcedure } from '../trpc.ts';
import { parseRange } from './parse-range.ts';
import { readTrialReport } from './read-trial-report.ts';
import { readWhatIf } from './read-what-if.ts';

export const usageRouter = router({
  /** The report of contract §3 about one token. */
  report: viewerProcedure
    .input(usageReportInputSchema)
    .output(usageReportSchema)
    .query(async ({ ctx, input }) => {
      await ctx.tokens.get(input.id);
      return ctx.usage.readTokenReport(input.id, input.days, ctx.now());
    }),

  /** The report of contract §3 across tokens. */
  overview: viewerProcedure
    .input(overviewReportInputSchema)
    .output(overviewReportSchema)
    .query(({ ctx, input }) => ctx.usage.readOverviewReport(input.days, ctx.now())),

  series: viewerProcedure
    .input(seriesInputSchema)
    .output(seriesSchema)
    .query(async ({ ctx, input }) => ({
      points: await ctx.usage.readSeries({ ...parseRange(input), bucket: input.bucket, timeZone: input.timeZone }),
    })),

  summary: viewerProcedure
    .input(rangeInputSchema)
    .output(summarySchema)
    .query(({ ctx, input }) => ctx.usage.readSummary(parseRange(input))),

  endpoints: viewerProcedure
    .input(topInputSchema)
    .output(z.object({ endpoints: z.array(endpointStatsSchema) }))
    .query(async ({ ctx, input }) => ({ endpoints: await ctx.usage.readEndpoints({ ...parseRange(input), limit: input.limit }) })),

  topTokens: viewerProcedure
    .input(topInputSchema)
    .output(z.object({ tokens: z.array(tokenStatsSchema) }))
    .query(async ({ ctx, input }) => ({ tokens: await ctx.usage.readTopTokens({ ...parseRange(input), limit: input.limit }) })),

  requests: viewerProcedure
    .input(requestsInputSchema)
    .output(requestsSchema)
    .query(({ ctx, input }) => {
      const { tokenId: _tokenId, from: _from, to: _to, ...filters } = input;
      return ctx.usage.readRequests({ ...filters, ...parseRange(input) });
    }),

  /** What the rules on trial would have refused of a token's requests. */
  trial: viewerProcedure
    .input(z.object({ id: tokenIdSchema }))
    .output(trialReportSchema)
    .query(({ ctx, input }) => readTrialReport(ctx, input.id)),

  /** Proposed rules, tried on the requests of the last days. */
  whatIf: viewerProcedure
    .input(whatIfInputSchema)
    .output(whatIfSchema)
    .mutation(({ ctx, input }) => readWhatIf(ctx, input)),

  attention: viewerProcedure.output(attentionSchema).query(async ({ ctx }) => ({ items: await ctx.usage.readAttention(ctx.now()) })),

  unknownAttempts: viewerProcedure
    .input(z.object({ limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.object({ attempts: z.array(unknownAttemptSchema) }))
    .query(async ({ ctx, input }) => ({ attempts: await ctx.usage.readUnknownAttempts(input.limit) })),
});
