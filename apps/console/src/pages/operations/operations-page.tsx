import { Stack } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { GatewaysCard } from '../../features/gateway/gateways-card.tsx';
import { RecordsCard } from '../../features/gateway/records-card.tsx';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { type OperationsSearch, operationsSearchSchema } from './operations-search.ts';

/** How the deployment is doing: one card for each question. */
export function OperationsPage() {
  const { hours } = operationsSearchSchema.parse(useSearch({ strict: false }));
  const patch = usePatchSearch<OperationsSearch>();
  return (
    <>
      <PageHeader title="Operations" description="The processes that serve your API, and whether they are all of one mind." />
      <Stack gap="lg">
        <GatewaysCard />
        <RecordsCard hours={hours ?? 24} onHoursChange={(next) => patch({ hours: next === 24 ? undefined : next })} />
      </Stack>
    </>
  );
}
