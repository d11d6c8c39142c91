import { z } from 'zod';
import { daysSchema, instantSchema, tokenIdSchema } from './common.ts';

const count = z.number().int();
/** `null`: not known, because the proxy that asked gave the answer; such a request counts as successful. */
const statusSchema = count.nullable();
/** How a request came that was only judged here: a proxy asked about it. `null`: it came through the guard or the gateway. */
const viaSchema = z.enum(['forward_auth']).nullable();
/** Milliseconds; `null` where nothing was measured. */
const millis = z.number().nullable();
/** `ok`: 1xx–3xx. `clientErrors`: 4xx without 429. */
const outcomeCounts = { requests: count, ok: count, clientErrors: count, rateLimited: count, serverErrors: count };
const latencies = { avg: millis, p50: millis, p95: millis, p99: millis };

// --- the reports of contract §3 ---
export const usageReportInputSchema = z.object({ id: tokenIdSchema, days: daysSchema });
export const hourlyUsageSchema = z.object({
  hour: instantSchema,
  requests: count,
  avgResponseTime: z.number(),
  successfulRequests: count,
  failedRequests: count,
});
export const endpointUsageSchema = z.object({ endpoint: z.string(), method: z.string(), requests: count, avgResponseTime: z.number() });
export const recentRequestSchema = z.object({
  endpoint: z.string(),
  method: z.string(),
  statusCode: statusSchema,
  responseTimeMs: count,
  ipAddress: z.string().nullable(),
  createdAt: instantSchema,
});
export const usageReportSchema = z
  .object({
    hourlyUsage: z.array(hourlyUsageSchema),
    endpointUsage: z.array(endpointUsageSchema),
    recentRequests: z.array(recentRequestSchema),
  })
  .meta({ id: 'TokenUsage' });

export const overviewReportInputSchema = z.object({ days: daysSchema });
export const overviewReportSchema = z
  .object({
    overview: z.object({
      activeTokens: count,
      totalRequests: count,
      avgResponseTime: z.number(),
      successfulRequests: count,
      failedRequests: count,
    }),
    topTokens: z.array(z.object({ id: tokenIdSchema, name: z.string(), requests: count, avgResponseTime: z.number() })),
    topEndpoints: z.array(endpointUsageSchema),
  })
  .meta({ id: 'UsageOverview' });

// --- what the console draws ---
export const bucketSchema = z.enum(['hour', '6h', 'day']);

/** A span of time: `[from, to)`, at most 366 days; `tokenId` absent: across tokens. */
export const usageRangeInput = {
  tokenId: tokenIdSchema.optional(),
  from: instantSchema,
  to: instantSchema,
};
export const seriesInputSchema = z.object({
  ...usageRangeInput,
  bucket: bucketSchema,
  /** IANA zone whose midnights bound `6h` and `day` buckets. */
  timeZone: z.string().max(64).default('UTC'),
});
export type SeriesInput = z.infer<typeof seriesInputSchema>;

/** One bucket; empty ones are there with zeros. */
export const usagePointSchema = z.object({
  at: instantSchema,
  ...outcomeCounts,
  /** What rules on trial would have refused of one token's requests; 0 across tokens. */
  trialDenied: count,
  ...latencies,
});
export type UsagePoint = z.infer<typeof usagePointSchema>;
export const seriesSchema = z.object({ points: z.array(usagePointSchema) });

export const rangeInputSchema = z.object({ ...usageRangeInput });
export const usageTotalsSchema = z.object({
  ...outcomeCounts,
  requestBytes: z.number(),
  responseBytes: z.number(),
  ...latencies,
});
/** The range and the one of the same length before it; `activeTokens` as of now. */
export const summarySchema = z.object({ current: usageTotalsSchema, previous: usageTotalsSchema, activeTokens: count });

export const topInputSchema = z.object({ ...usageRangeInput, limit: z.number().int().min(1).max(200).default(10) });
export const endpointStatsSchema = z.object({
  endpoint: z.string(),
  method: z.string(),
  ...outcomeCounts,
  avg: millis,
  p95: millis,
  lastAt: instantSchema.nullable(),
});
export const tokenStatsSchema = z.object({
  id: tokenIdSchema,
  name: z.string(),
  ...outcomeCounts,
  avg: millis,
});

/** Filters of the request log. The log reaches back as far as its retention. */
export const requestsInputSchema = z.object({
  ...usageRangeInput,
  /** Status classes: `2xx` also holds 1xx and 3xx, `4xx` is without 429. */
  status: z
    .array(z.enum(['2xx', '4xx', '429', '5xx']))
    .max(4)
    .optional(),
  method: z.string().max(10).optional(),
  endpoint: z.string().max(255).optional(),
  outcome: z.string().max(64).optional(),
  cursor: z.string().max(128).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type RequestsInput = z.infer<typeof requestsInputSchema>;
export const requestRowSchema = z.object({
  id: z.string(),
  tokenId: tokenIdSchema,
  tokenName: z.string(),
  at: instantSchema,
  method: z.string(),
  endpoint: z.string(),
  path: z.string(),
  status: statusSchema,
  via: viaSchema,
  responseTimeMs: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  outcome: z.string(),
  requestId: z.string(),
});
export type RequestRow = z.infer<typeof requestRowSchema>;
export const requestsSchema = z.object({ requests: z.array(requestRowSchema), nextCursor: z.string().nullable() });

/** Tokens that want a look, most pressing first. */
export const attentionSchema = z.object({
  items: z.array(
    z.object({
      tokenId: tokenIdSchema,
      name: z.string(),
      reason: z.enum(['expires_soon', 'rate_limited', 'failing', 'idle', 'never_used']),
      /** Sentence with the figure behind it. */
      detail: z.string(),
    }),
  ),
});

export const unknownAttemptSchema = z.object({
  fingerprint: z.string(),
  ipAddress: z.string().nullable(),
  reason: z.enum(['malformed', 'unknown']),
  attempts: count,
  firstAt: instantSchema,
  lastAt: instantSchema,
});
