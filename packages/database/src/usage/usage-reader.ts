import type { ReplayProposal, UsageVia } from '@latchkey/core';
import type { GatewayAccounts } from './gateway-hour.ts';

/** Everything the console and the reports read. Instants are ISO-8601 UTC; response times are milliseconds. */
export interface UsageReader {
  /** Contract §3: hours with requests, oldest first; endpoints, most requests first; the newest 100 requests. */
  readTokenReport(tokenId: number, days: number, now: number): Promise<TokenReport>;
  readOverviewReport(days: number, now: number): Promise<OverviewReport>;
  /** Zero-filled buckets of `[from, to)`. */
  readSeries(range: UsageRange & { bucket: 'hour' | '6h' | 'day'; timeZone: string }): Promise<UsagePoint[]>;
  readSummary(range: UsageRange): Promise<{ current: UsageTotals; previous: UsageTotals; activeTokens: number }>;
  readEndpoints(range: UsageRange & { limit: number }): Promise<EndpointStats[]>;
  readTopTokens(range: UsageRange & { limit: number }): Promise<TokenStats[]>;
  readThrottled(range: UsageRange & { limit: number }): Promise<ThrottledToken[]>;
  readRequests(query: RequestQuery): Promise<{ requests: RequestRow[]; nextCursor: string | null }>;
  /** The logged request with this id, `null` where the log does not hold it. `at`, `tokenId`: what is known of it makes the search short. */
  findRequest(query: FindRequestQuery): Promise<RequestRow | null>;
  /** What the rules on trial since `since` (epoch milliseconds) would have refused of a token's requests up to now. */
  readTrial(tokenId: number, since: number, now: number): Promise<TrialReport>;
  /**
   * Replays the logged requests of one token against proposed rules. Of a busy token the newest two million. One at a time in a process;
   * `TOO_MANY_REQUESTS` while several wait.
   */
  readWhatIf(query: WhatIfQuery): Promise<WhatIfResult>;
  readAttention(now: number): Promise<AttentionItem[]>;
  readUnknownAttempts(limit: number): Promise<UnknownAttemptRow[]>;
  /**
   * What became of usage records since `from` (epoch milliseconds): all of them, by gateway (most first), by gateway and hour (newest
   * first). At most `limit` rows each; the total leaves none out.
   */
  readGatewayAccounts(from: number, limit: number): Promise<GatewayAccounts>;
}

/** `[from, to)` in epoch milliseconds; without `tokenId` across all tokens. */
export interface UsageRange {
  tokenId?: number | undefined;
  from: number;
  to: number;
}

export interface TokenReport {
  hourlyUsage: { hour: string; requests: number; avgResponseTime: number; successfulRequests: number; failedRequests: number }[];
  endpointUsage: EndpointUsage[];
  recentRequests: {
    endpoint: string;
    method: string;
    /** `null`: not known, because a proxy gave the answer. */
    statusCode: number | null;
    responseTimeMs: number;
    ipAddress: string | null;
    createdAt: string;
  }[];
}
export interface EndpointUsage {
  endpoint: string;
  method: string;
  requests: number;
  avgResponseTime: number;
}
export interface OverviewReport {
  overview: {
    activeTokens: number;
    totalRequests: number;
    avgResponseTime: number;
    successfulRequests: number;
    failedRequests: number;
  };
  topTokens: { id: number; name: string; requests: number; avgResponseTime: number }[];
  topEndpoints: EndpointUsage[];
}

/** `ok`: 1xx–3xx; `clientErrors`: 4xx without 429. */
export interface OutcomeCounts {
  requests: number;
  ok: number;
  clientErrors: number;
  rateLimited: number;
  serverErrors: number;
}
export interface UsagePoint extends OutcomeCounts {
  at: string;
  /** What the rules on trial would have refused of them; of one token only, 0 across tokens. */
  trialDenied: number;
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}
export interface UsageTotals extends OutcomeCounts {
  requestBytes: number;
  responseBytes: number;
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}
export interface EndpointStats extends OutcomeCounts {
  endpoint: string;
  method: string;
  avg: number | null;
  p95: number | null;
  lastAt: string | null;
}
export interface TokenStats extends OutcomeCounts {
  id: number;
  name: string;
  avg: number | null;
}
export interface ThrottledToken {
  id: number;
  name: string;
  rateLimit: number | null;
  rateLimitWindowMs: number;
  requests: number;
  rateLimited: number;
}
export interface RequestQuery extends UsageRange {
  status?: ('2xx' | '4xx' | '429' | '5xx')[] | undefined;
  method?: string | undefined;
  endpoint?: string | undefined;
  outcome?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}
/** `[from, to)` in epoch milliseconds. */
export interface WhatIfQuery {
  tokenId: number;
  from: number;
  to: number;
  proposal: ReplayProposal;
}
export interface WhatIfResult {
  /** What was replayed. */
  from: string;
  to: string;
  /** Whether there were too many requests, so that it begins later than was asked for. */
  isCut: boolean;
  requests: number;
  refused: { total: number; endpoint: number; rate: number };
  newlyRefused: number;
  newlyAllowed: number;
  hoursRefused: number;
  hours: { at: string; requests: number; refused: number }[];
  worstHour: { at: string; requests: number; refused: number } | null;
  endpoints: { endpoint: string; method: string; requests: number; refused: number }[];
  peak: number | null;
}
export interface TrialReport {
  /** Requests that the real rules let pass. */
  requests: number;
  denied: { endpoint: number; scope: number; rate: number; total: number };
  /** Hours in which at least one would have been refused. */
  hoursDenied: number;
  /** Where those would have been, most of them first; 20 at most. */
  endpoints: { endpoint: string; method: string; code: string; denied: number; lastAt: string }[];
}
export interface FindRequestQuery {
  requestId: string;
  tokenId?: number | undefined;
  /** Epoch milliseconds at which it arrived. */
  at?: number | undefined;
}
export interface RequestRow {
  id: string;
  tokenId: number;
  tokenName: string;
  at: string;
  method: string;
  endpoint: string;
  path: string;
  /** `null`: not known, because a proxy gave the answer (`via`). */
  status: number | null;
  via: UsageVia | null;
  responseTimeMs: number;
  requestBytes: number;
  responseBytes: number;
  ipAddress: string | null;
  userAgent: string | null;
  outcome: string;
  requestId: string;
}
export interface AttentionItem {
  tokenId: number;
  name: string;
  reason: 'expires_soon' | 'rate_limited' | 'failing' | 'idle' | 'never_used';
  detail: string;
}
export interface UnknownAttemptRow {
  fingerprint: string;
  ipAddress: string | null;
  reason: 'malformed' | 'unknown';
  attempts: number;
  firstAt: string;
  lastAt: string;
}
