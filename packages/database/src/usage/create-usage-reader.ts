import type { Pool } from 'pg';
import { inReadTransaction } from '../read-transaction.ts';
import type { SqlExecutor } from '../sql-executor.ts';
import { findRequest } from './find-request.ts';
import { readGatewayAccounts } from './gateway-hour.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { readAttention } from './read-attention.ts';
import { readEndpoints } from './read-endpoints.ts';
import { readOverviewReport, readTokenReport } from './read-reports.ts';
import { readRequests } from './read-requests.ts';
import { readSeries } from './read-series.ts';
import { readSummary } from './read-summary.ts';
import { readThrottled, readTopTokens } from './read-tokens.ts';
import { readTrial } from './read-trial.ts';
import { readWhatIf } from './read-what-if.ts';
import { readUnknownAttempts } from './unknown-attempts.ts';
import type { UsageRange, UsageReader } from './usage-reader.ts';
import { hoursOf } from './usage-span.ts';

/** The reads of charts, reports and lists. All but the request log come from rollups, so their cost follows the chart, not the traffic. */
export function createUsageReader({ pool, now }: { readonly pool: Pool; readonly now: () => number }): UsageReader {
  const read = <T>(work: (executor: SqlExecutor) => Promise<T>) => inReadTransaction(pool, work);
  const top = (range: UsageRange & { limit: number }) => ({ tokenId: range.tokenId, hours: hoursOf(range), limit: range.limit });
  const replays = oneAtATime(4);
  return {
    readTokenReport: (tokenId, days, at) => read((executor) => readTokenReport(executor, tokenId, days, at)),
    readOverviewReport: (days, at) => read((executor) => readOverviewReport(executor, days, at)),
    readSeries: (range) => read((executor) => readSeries(executor, range)),
    readSummary: (range) => read((executor) => readSummary(executor, range, now())),
    readEndpoints: (range) => read((executor) => readEndpoints(executor, top(range), now())),
    readTopTokens: (range) => read((executor) => readTopTokens(executor, top(range), now())),
    readThrottled: (range) => read((executor) => readThrottled(executor, top(range), now())),
    readRequests: (query) => read((executor) => readRequests(executor, query)),
    findRequest: (query) => read((executor) => findRequest(executor, query)),
    readTrial: (tokenId, since, at) => read((executor) => readTrial(executor, tokenId, since, at)),
    readWhatIf: (query) => replays(() => read((executor) => readWhatIf(executor, query))),
    readAttention: (at) => read((executor) => readAttention(executor, at)),
    readGatewayAccounts: (from, limit) => read((executor) => readGatewayAccounts(executor, from, limit)),
    readUnknownAttempts: (limit) => read((executor) => readUnknownAttempts(executor, limit)),
  };
}
