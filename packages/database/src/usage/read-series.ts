import type { SqlExecutor } from '../sql-executor.ts';
import { parseLatency } from './latency-number.ts';
import { COUNT_COLUMNS, TRIAL_COLUMNS } from './rollup.ts';
import { checkTimeZone, unknownTimeZone } from './time-zone.ts';
import type { UsagePoint, UsageRange } from './usage-reader.ts';
import { averageMs, type CountsRow, isoInstant, outcomeCounts, percentiles, SUM_COUNTS, SUM_LATENCY } from './usage-row.ts';
import { hoursOf } from './usage-span.ts';

type Bucket = 'hour' | '6h' | 'day';

interface SeriesRow extends CountsRow {
  at_ms: number;
  trial_denied: number;
  latency: string | null;
}

/**
 * Buckets of `6h` and `day` begin at local times; an hour counts to the bucket in which it begins, so in zones that are half an hour
 * off a day ends up to half an hour early. Keys are instants, which keeps the hour that comes twice in autumn apart.
 */
export async function readSeries(executor: SqlExecutor, range: UsageRange & { bucket: Bucket; timeZone: string }): Promise<UsagePoint[]> {
  checkTimeZone(range.timeZone);
  const { from, to } = hoursOf(range);
  const zone = range.bucket === 'hour' ? [] : [range.timeZone];
  const token = range.tokenId === undefined ? [] : [range.tokenId];
  const sql = seriesSql(range.bucket, range.tokenId === undefined ? null : zone.length + 3);
  const rows = await executor
    .query<SeriesRow>(sql, [isoInstant(from), isoInstant(to), ...zone, ...token])
    .catch((error) => Promise.reject(isUnknownZone(error) ? unknownTimeZone(range.timeZone) : error));
  return rows.map(toPoint);
}

function seriesSql(bucket: Bucket, tokenParameter: number | null): string {
  const source = tokenParameter === null ? 'usage_hour' : 'usage_token_hour';
  const denied = tokenParameter === null ? '0' : `sum(${TRIAL_COLUMNS.join(' + ')})`;
  return `
    with buckets as (${BUCKETS[bucket]}),
    sums as (
      select ${bucketOf(bucket, 'hour')} as at, ${SUM_COUNTS}, ${denied}::float8 as trial_denied, ${SUM_LATENCY}
      from ${source}
      where hour >= $1::timestamptz and hour < $2::timestamptz ${tokenParameter === null ? '' : `and token_id = $${tokenParameter}::integer`}
      group by 1
    )
    select (extract(epoch from at) * 1000)::float8 as at_ms, ${COLUMNS}, latency
    from buckets left join sums using (at) order by at`;
}

const COLUMNS = [...COUNT_COLUMNS, 'trial_denied'].map((column) => `coalesce(${column}, 0) as ${column}`).join(', ');

// `distinct`, because where clocks skip midnight two local times can be the same instant.
const BUCKETS: Record<Bucket, string> = {
  hour: `select generate_series($1::timestamptz, $2::timestamptz - interval '1 hour', interval '1 hour') as at`,
  '6h': localBuckets('6h', '6 hours'),
  day: localBuckets('day', '1 day'),
};

function localBuckets(bucket: Bucket, step: string): string {
  // Up to the bucket in which the last hour begins.
  return `select distinct local at time zone $3 as at from generate_series(
    ${localBucketOf(bucket, '$1::timestamptz')}, ($2::timestamptz - interval '1 hour') at time zone $3, interval '${step}') as local`;
}

function bucketOf(bucket: Bucket, instant: string): string {
  return bucket === 'hour' ? instant : `${localBucketOf(bucket, instant)} at time zone $3`;
}

/** Binned as local time: six absolute hours would drift from midnight on the days when clocks change. */
function localBucketOf(bucket: Bucket, instant: string): string {
  const local = `(${instant} at time zone $3)`;
  return bucket === 'day' ? `date_trunc('day', ${local})` : `date_bin('6 hours', ${local}, timestamp '2000-01-01')`;
}

function toPoint(row: SeriesRow): UsagePoint {
  return {
    at: isoInstant(row.at_ms),
    ...outcomeCounts(row),
    trialDenied: row.trial_denied,
    avg: averageMs(row),
    ...percentiles(parseLatency(row.latency)),
  };
}

/** 22023 invalid_parameter_value: a zone that the runtime knows and this PostgreSQL does not. */
function isUnknownZone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '22023';
}
