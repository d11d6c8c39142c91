import type { Token } from '@latchkey/api/schemas';
import { Stack } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useCanChange } from '../../features/admin/use-me.ts';
import { TrialCard } from '../../features/token/trial-card.tsx';
import { EndpointTable } from '../../features/usage/endpoint-table.tsx';
import { LatencyChart } from '../../features/usage/latency-chart.tsx';
import { OutcomeChart } from '../../features/usage/outcome-chart.tsx';
import { liveInterval, rangeStaleTime, useTimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import surface from '../../ui/surface.module.css';
import { UsageTotals } from './usage-totals.tsx';
import { useTokenView } from './use-token-view.ts';

/** How much a token was used in the range, how that went, how long it took, and where. */
export function UsageTab({ token }: { token: Token }) {
  const { search, change } = useTokenView();
  const canChange = useCanChange();
  const range = useTimeRange();
  const input = { tokenId: token.id, from: range.from, to: range.to };
  const options = { placeholderData: keepPreviousData, refetchInterval: liveInterval(range.live), staleTime: rangeStaleTime(range.live) };
  const summary = trpc.usage.summary.useQuery(input, options);
  const series = trpc.usage.series.useQuery({ ...input, bucket: range.bucket, timeZone: range.timeZone }, options);
  const endpoints = trpc.usage.endpoints.useQuery({ ...input, limit: 50 }, options);

  const stale = [summary, series, endpoints].find(({ data, error }) => data !== undefined && error !== null);

  if (token.totalRequests === 0 && summary.data?.current.requests === 0) return <NeverUsed />;
  return (
    <Stack gap="lg">
      {stale && <ErrorState error={stale.error} title="These figures are not current" onRetry={() => void stale.refetch()} />}
      <UsageTotals data={summary.data} error={summary.error} onRetry={() => void summary.refetch()} />
      {token.trial && <TrialCard token={token} trial={token.trial} canChange={canChange} />}
      <SectionCard title="Requests">
        <Loaded query={series} height={340}>
          {({ points }) => (
            <OutcomeChart
              points={points}
              bucket={range.bucket}
              timeZone={range.timeZone}
              withTrial={token.trial !== null}
              failuresOnly={search.failures ?? false}
              onFailuresOnlyChange={(failures) => change({ failures: failures || undefined })}
            />
          )}
        </Loaded>
      </SectionCard>
      <SectionCard title="Response time" description="Of all answers, refusals included.">
        <Loaded query={series} height={280}>
          {({ points }) => <LatencyChart points={points} bucket={range.bucket} timeZone={range.timeZone} />}
        </Loaded>
      </SectionCard>
      <SectionCard title="Endpoints" flush>
        <Loaded query={endpoints} height={240}>
          {({ endpoints: rows }) =>
            rows.length === 0 ? (
              <EmptyState title="No requests in this range">Choose a longer time range above.</EmptyState>
            ) : (
              <EndpointTable rows={rows} timeZone={range.timeZone} fetching={endpoints.isPlaceholderData} />
            )
          }
        </Loaded>
      </SectionCard>
    </Stack>
  );
}

interface LoadedProps<Data> {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown };
  height: number;
  children: (data: Data) => React.ReactNode;
}

/** Old figures stay where new ones cannot be had; only without any is the failure all there is. */
function Loaded<Data>({ query, height, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  return query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <LoadingBlock height={height} />;
}

function NeverUsed() {
  return (
    <div className={surface.surface}>
      <EmptyState icon={<IconChartBar size={22} />} title="Not used yet">
        As soon as a request comes with this token, this page shows how many there are, how they end and how long they take.
      </EmptyState>
    </div>
  );
}
