import { SimpleGrid, Skeleton } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { comparePeriods } from '../../features/usage/compare-periods.ts';
import { isPartial } from '../../features/usage/describe-bucket.ts';
import { describeCountChange, describeMsChange, describeRateChange } from '../../features/usage/describe-change.tsx';
import type { UsagePoint } from '../../features/usage/outcome-chart.tsx';
import { StatTile } from '../../features/usage/stat-tile.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatExact, formatMs, formatPercent } from '../../lib/format.ts';
import type { TimeRange } from '../../lib/time-range.ts';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { ActiveTokensTile } from './active-tokens-tile.tsx';
import type { Metric, OverviewSearch } from './overview-search.ts';
import type { useOverview } from './use-overview.ts';

interface StatTilesProps {
  overview: ReturnType<typeof useOverview>;
  time: TimeRange;
}

/** Numbers first: what happened in the range, and whether it is more or less than before. */
export function StatTiles({ overview, time }: StatTilesProps) {
  const { metric = 'requests' } = useSearch({ from: '/console/' });
  const patch = usePatchSearch<OverviewSearch>();
  const select = (next: Metric) => ({
    selected: metric === next,
    onSelect: () => patch({ metric: next === 'requests' ? undefined : next, failures: undefined }),
  });
  const { summary, series, previous } = overview;
  const now = useNow();
  if (!summary.data || !series.data) return summary.error || series.error ? null : <TileSkeletons />;
  const { current, previous: before, activeTokens } = summary.data;
  const { points } = series.data;
  const whole = dropPartial(points, time, now);
  const compared = { points, previous: previous.data?.points, time };
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="md">
      <StatTile
        {...select('requests')}
        label="Requests"
        value={formatCount(current.requests)}
        exact={`${formatExact(current.requests)} requests`}
        note={<Changes {...compared} of="requests" />}
        sparkline={<Trend points={whole} read={(point) => point.requests} label="Requests over time" color="var(--lk-ok)" />}
      />
      <StatTile
        {...select('success')}
        label="Success rate"
        value={formatPercent(current.ok, current.requests)}
        exact={`${formatExact(current.ok)} of ${formatExact(current.requests)} requests`}
        note={<Changes {...compared} of="success" />}
        sparkline={<Trend points={whole} read={readSuccess} label="Success rate over time" color="var(--lk-ok)" />}
      />
      <StatTile
        {...select('rate_limited')}
        label="Rate-limited (429)"
        value={formatCount(current.rateLimited)}
        exact={`${formatExact(current.rateLimited)} requests over their limit`}
        note={<Changes {...compared} of="rateLimited" />}
        sparkline={<Trend points={whole} read={(point) => point.rateLimited} label="429s over time" color="var(--lk-rate-limited)" />}
      />
      <StatTile
        {...select('p95')}
        label="Response time (p95)"
        value={formatMs(current.p95)}
        exact={`Half were answered within ${formatMs(current.p50)}, 99 of 100 within ${formatMs(current.p99)}`}
        note={describeMsChange(current.p95, before.p95)}
        sparkline={<Trend points={whole} read={(point) => point.p95 ?? 0} label="p95 over time" color="var(--lk-p95)" />}
      />
      <ActiveTokensTile count={activeTokens} />
    </SimpleGrid>
  );
}

/** The bucket that still fills would end every line with a fall. It stays where it is all there is. */
function dropPartial(points: UsagePoint[], { bucket, timeZone }: TimeRange, now: number): UsagePoint[] {
  const whole = points.filter((point) => !isPartial(point.at, bucket, timeZone, now));
  return whole.some((point) => point.requests > 0) ? whole : points;
}

function readSuccess(point: UsagePoint): number {
  return point.requests === 0 ? 0 : point.ok / point.requests;
}

interface ChangesProps {
  points: UsagePoint[];
  previous: UsagePoint[] | undefined;
  time: TimeRange;
  of: 'requests' | 'success' | 'rateLimited';
}

function Changes({ points, previous, time, of }: ChangesProps) {
  const now = useNow();
  if (!previous) return <>&nbsp;</>;
  const periods = comparePeriods(points, previous, { bucket: time.bucket, timeZone: time.timeZone, now });
  if (of === 'success') {
    const rate = ({ ok, requests }: { ok: number; requests: number }) => ({ part: ok, total: requests });
    return describeRateChange(rate(periods.current), rate(periods.previous), 'up');
  }
  return describeCountChange(periods.current[of], periods.previous[of], of === 'rateLimited' ? 'down' : undefined);
}

interface TrendProps {
  points: UsagePoint[];
  read: (point: UsagePoint) => number;
  label: string;
  color: string;
}

function Trend({ points, read, label, color }: TrendProps) {
  return <Sparkline data={points.map(read)} label={label} color={color} width={160} height={30} fluid />;
}

function TileSkeletons() {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="md" role="status" aria-label="Loading figures">
      {['requests', 'success', 'limited', 'p95', 'tokens'].map((tile) => (
        <Skeleton key={tile} h={136} radius="lg" />
      ))}
    </SimpleGrid>
  );
}
