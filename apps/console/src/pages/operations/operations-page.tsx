import { Stack } from '@mantine/core';
import { GatewaysCard } from '../../features/gateway/gateways-card.tsx';
import { RecordsCard } from '../../features/gateway/records-card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';

/** How the deployment is doing: one card for each question. */
export function OperationsPage() {
  return (
    <>
      <PageHeader title="Operations" description="The processes that serve your API, and whether they are all of one mind." />
      <Stack gap="lg">
        <GatewaysCard />
        <RecordsCard />
      </Stack>
    </>
  );
}
