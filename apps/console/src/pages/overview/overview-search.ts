import { z } from 'zod';

export const METRICS = ['requests', 'success', 'rate_limited', 'p95'] as const;

export const overviewSearchSchema = z.object({
  /** What the main chart shows. */
  metric: z.enum(METRICS).optional().catch(undefined),
  failures: z.boolean().optional().catch(undefined),
});
export type OverviewMetric = (typeof METRICS)[number];
