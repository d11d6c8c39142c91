import { SimpleGrid, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { AttentionCard } from './attention-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { LiveNote } from './live-note.tsx';
import { MetricChart } from './metric-chart.tsx';
import { StatTiles } from './stat-tiles.tsx';
import { TopEndpointsCard } from './top-endpoints-card.tsx';
import { TopTokensCard } from './top-tokens-card.tsx';
import { UnknownAttemptsCard } from './unknown-attempts-card.tsx';
import { useOverview } from './use-overview.ts';

export function OverviewPage() {
  const time = useTimeRange();
  const overview = useOverview(time);
  const canChange = useCanChange();
  const { summary, series } = overview;
  const error = summary.error ?? series.error;
  return (
    <>
      <PageHeader
        title="Overview"
        description={<LiveNote live={time.live} updatedAt={summary.dataUpdatedAt} failed={error !== null} />}
        actions={
          canChange && (
            <LinkButton to="/api-tokens/new" leftSection={<IconPlus size={16} aria-hidden />}>
              Create token
            </LinkButton>
          )
        }
      />
      <Stack gap="md">
        <FirstSteps />
        {error && <ErrorState error={error} onRetry={() => void Promise.all([summary.refetch(), series.refetch()])} />}
        <StatTiles overview={overview} time={time} />
        <MetricChart series={series} time={time} />
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <TopTokensCard time={time} />
          <AttentionCard />
        </SimpleGrid>
        <TopEndpointsCard time={time} />
        <UnknownAttemptsCard timeZone={time.timeZone} />
      </Stack>
    </>
  );
}
