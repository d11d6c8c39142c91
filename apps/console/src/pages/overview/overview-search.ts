import { z } from 'zod';

export const METRICS = ['requests', 'success', 'rate_limited', 'p95'] as const;
export type Metric = (typeof METRICS)[number];

export const overviewSearchSchema = z.object({
  /** What the main chart shows; default: requests. */
  metric: z.enum(METRICS).optional().catch(undefined),
  /** The chart of requests without the successes. */
  failures: z.literal(true).optional().catch(undefined),
});
export type OverviewSearch = z.infer<typeof overviewSearchSchema>;
