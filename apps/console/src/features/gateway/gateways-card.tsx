import type { GatewayRow } from '@latchkey/api/schemas';
import { Alert } from '@mantine/core';
import { IconServer2, IconVolumeOff } from '@tabler/icons-react';
import { useMemo } from 'react';
import { formatExact, isolate } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { GatewayCard, gatewayColumns } from './gateway-columns.tsx';

/** The processes that serve: whether each is there, hears changes, and has applied them. */
export function GatewaysCard() {
  const query = trpc.operations.gateways.useQuery(undefined, { refetchInterval: 2_000 });
  const { data, error } = query;
  return (
    <SectionCard
      title="Gateways"
      description={data?.gateways.length ? summarize(data.gateways) : 'The processes that serve your API.'}
      flush
    >
      {Boolean(error) && (
        <ErrorState
          error={error}
          title={data ? 'This is not current' : 'The gateways could not be loaded'}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isPending && <LoadingBlock height={120} label="Loading gateways" />}
      {data && <Gateways list={data} />}
    </SectionCard>
  );
}

function Gateways({ list }: { list: Outputs['operations']['gateways'] }) {
  const { timeZone } = useTimeRange();
  const { gateways, newestVersion } = list;
  const columns = useMemo(() => gatewayColumns({ timeZone, newestVersion }), [timeZone, newestVersion]);
  const silent = gateways.filter(({ state }) => state === 'silent');
  if (gateways.length === 0) {
    return (
      <EmptyState icon={<IconServer2 size={22} />} title="No gateway is registered">
        Each process that serves enters itself when it starts, and once a second from then on.
      </EmptyState>
    );
  }
  return (
    <>
      {silent.length > 0 && <SilentAlert silent={silent} />}
      <DataTable
        label="Gateways"
        columns={columns}
        rows={gateways}
        getRowId={({ id }) => id}
        renderCard={(gateway) => <GatewayCard gateway={gateway} timeZone={timeZone} newestVersion={newestVersion} />}
        minWidth={820}
      />
    </>
  );
}

const MOST_NAMED = 3;

function SilentAlert({ silent }: { silent: readonly GatewayRow[] }) {
  const names = silent.slice(0, MOST_NAMED).map(({ name }) => isolate(name));
  const rest = silent.length - names.length;
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<IconVolumeOff size={18} aria-hidden />}
      title={silent.length === 1 ? 'A gateway is silent' : `${formatExact(silent.length)} gateways are silent`}
    >
      <span className="lk-wrap">
        {names.join(', ')}
        {rest > 0 && ` and ${formatExact(rest)} more`}: changes of tokens may not be in force there until it is heard of again, or was cut
        off for as long as it trusts what it knows. One that has ended without a word leaves the list after an hour.
      </span>
    </Alert>
  );
}

function summarize(gateways: readonly GatewayRow[]): string {
  const live = gateways.filter(({ state }) => state === 'live').length;
  return `${formatExact(live)} of ${formatExact(gateways.length)} ${gateways.length === 1 ? 'process' : 'processes'} ${live === 1 ? 'is' : 'are'} live.`;
}
