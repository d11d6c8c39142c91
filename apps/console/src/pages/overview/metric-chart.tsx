import { IconChartBar } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { LatencyChart } from '../../features/usage/latency-chart.tsx';
import { OutcomeChart, type UsagePoint } from '../../features/usage/outcome-chart.tsx';
import { RateChart } from '../../features/usage/rate-chart.tsx';
import type { TimeRange } from '../../lib/time-range.ts';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import { Refreshing } from '../../ui/refreshing.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, LoadingBlock } from '../../ui/states.tsx';
import type { Metric, OverviewSearch } from './overview-search.ts';

const TITLES: Readonly<Record<Metric, string>> = {
  requests: 'Requests',
  success: 'Success rate',
  rate_limited: 'Rate-limited requests',
  p95: 'Response time',
};
const PER: Readonly<Record<TimeRange['bucket'], string>> = { hour: 'per hour', '6h': 'per 6 hours', day: 'per day' };
const HEIGHT = 264;

interface MetricChartProps {
  series: { data: { points: UsagePoint[] } | undefined; isPlaceholderData: boolean; error: unknown };
  time: TimeRange;
}

/** The chart of the chosen tile. */
export function MetricChart({ series, time }: MetricChartProps) {
  const { metric = 'requests' } = useSearch({ from: '/console/' });
  if (!series.data && series.error) return null;
  return (
    <SectionCard title={`${TITLES[metric]} ${PER[time.bucket]}`} description={`Days and hours in ${time.timeZone.replaceAll('_', ' ')}`}>
      {series.data ? (
        <Refreshing active={series.isPlaceholderData}>
          <Drawing metric={metric} points={series.data.points} time={time} />
        </Refreshing>
      ) : (
        <LoadingBlock height={HEIGHT + 40} label="Loading chart" />
      )}
    </SectionCard>
  );
}

function Drawing({ metric, points, time }: { metric: Metric; points: UsagePoint[]; time: TimeRange }): ReactNode {
  const { failures = false } = useSearch({ from: '/console/' });
  const patch = usePatchSearch<OverviewSearch>();
  if (points.every((point) => point.requests === 0)) {
    return (
      <EmptyState icon={<IconChartBar size={22} />} title="No requests in this range">
        {time.live ? 'A call shows up here about a second after its answer.' : 'Choose another time range at the top.'}
      </EmptyState>
    );
  }
  const common = { points, bucket: time.bucket, timeZone: time.timeZone, height: HEIGHT };
  if (metric === 'success') return <RateChart {...common} />;
  if (metric === 'p95') return <LatencyChart {...common} />;
  if (metric === 'rate_limited') return <OutcomeChart {...common} only="rateLimited" />;
  return <OutcomeChart {...common} failuresOnly={failures} onFailuresOnlyChange={(on) => patch({ failures: on || undefined })} />;
}
