import { Badge, Button, Code, Group, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { IconFilterOff, IconMailbox } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Webhook } from '../../features/webhook/webhook-state.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime, formatRelative } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { useOwnEntry } from '../../lib/use-own-entry.ts';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { DeliveryDrawer } from './delivery-drawer.tsx';
import { DeliveryBadge } from './delivery-status.tsx';
import type { WebhookSearch } from './webhook-search.ts';

type Delivery = Outputs['webhook']['deliveries']['deliveries'][number];

const PAGE_SIZE = 25;
const FILTERS = [
  { value: 'all', label: 'All' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'pending', label: 'Waiting' },
  { value: 'failed', label: 'Failed' },
];

/** What was sent to a webhook, newest first. */
export function DeliveryLog({ webhook }: { webhook: Webhook }) {
  const { status, page = 1, delivery: openId } = useSearch({ from: '/console/settings/webhooks/$webhookId' });
  const patch = usePatchSearch<WebhookSearch>();
  const query = trpc.webhook.deliveries.useQuery(
    { id: webhook.id, status, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
    { placeholderData: keepPreviousData, refetchInterval: 5_000 },
  );
  const { markOpened, close } = useOwnEntry(() => patch({ delivery: undefined }, { replace: true }));
  // Stable: the table's cells hang on it, and cells made anew would lose the focus.
  const open = useCallback(
    ({ id }: Delivery) => {
      markOpened();
      patch({ delivery: id });
    },
    [markOpened, patch],
  );
  const { data } = query;
  return (
    <SectionCard
      title="Deliveries"
      description="Kept for 30 days."
      flush
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Deliveries shown"
          data={FILTERS}
          value={status ?? 'all'}
          onChange={(value) => patch({ status: value === 'all' ? undefined : (value as WebhookSearch['status']), page: undefined })}
        />
      }
    >
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={240} label="Loading deliveries" />}
      {data?.deliveries.length === 0 && <Nothing filtered={status !== undefined || page > 1} />}
      {data && data.deliveries.length > 0 && (
        <>
          <DeliveryTable deliveries={data.deliveries} fetching={query.isPlaceholderData} onOpen={open} />
          <Pagination
            noun="deliveries"
            total={data.total}
            limit={PAGE_SIZE}
            offset={data.offset}
            onOffsetChange={(offset) => patch({ page: offset === 0 ? undefined : offset / PAGE_SIZE + 1 })}
          />
        </>
      )}
      <DeliveryDrawer id={openId ?? null} active={webhook.active} onClose={close} />
    </SectionCard>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const patch = usePatchSearch<WebhookSearch>();
  if (!filtered) {
    return (
      <EmptyState icon={<IconMailbox size={22} />} title="Nothing was sent yet">
        The next event it wants is the first line here. To see that it arrives, send a test.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconFilterOff size={22} />}
      title="No delivery matches"
      action={
        <Button variant="default" size="xs" onClick={() => patch({ status: undefined, page: undefined })}>
          Show all
        </Button>
      }
    />
  );
}

interface DeliveryTableProps {
  deliveries: Delivery[];
  fetching: boolean;
  onOpen: (delivery: Delivery) => void;
}

function DeliveryTable({ deliveries, fetching, onOpen }: DeliveryTableProps) {
  const { timeZone } = useTimeRange();
  const columns = useMemo(() => makeColumns(timeZone, onOpen), [timeZone, onOpen]);
  return (
    <DataTable
      label="Deliveries, newest first"
      columns={columns}
      rows={deliveries}
      getRowId={({ id }) => String(id)}
      onRowClick={onOpen}
      fetching={fetching}
      minWidth={680}
      renderCard={(delivery) => <DeliveryCard delivery={delivery} timeZone={timeZone} onOpen={onOpen} />}
    />
  );
}

function makeColumns(timeZone: string, onOpen: DeliveryTableProps['onOpen']): DataTableColumn<Delivery>[] {
  return [
    { id: 'at', header: 'Occurred', width: 130, cell: (delivery) => <When at={delivery.occurredAt} timeZone={timeZone} /> },
    { id: 'event', header: 'Event', width: 210, cell: ({ eventType }) => <Code>{eventType}</Code> },
    { id: 'token', header: 'Token', cell: (delivery) => <TokenOf delivery={delivery} /> },
    { id: 'status', header: 'State', width: 130, cell: ({ status }) => <DeliveryBadge status={status} /> },
    { id: 'answer', header: 'Answer', width: 150, cell: (delivery) => <Answer delivery={delivery} /> },
    {
      id: 'details',
      header: 'Details',
      headerHidden: true,
      align: 'right',
      width: 90,
      cell: (delivery) => <DetailsButton delivery={delivery} onOpen={onOpen} />,
    },
  ];
}

function TokenOf({ delivery }: { delivery: Delivery }) {
  if (delivery.tokenId === null) return '—';
  return (
    <Text size="sm" className="lk-wrap" lineClamp={2}>
      {delivery.tokenName ?? `Token ${delivery.tokenId}`}
    </Text>
  );
}

function Answer({ delivery: { lastAttempt, attempts } }: { delivery: Delivery }) {
  if (lastAttempt === null) return '—';
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm" span className="lk-tabular">
        {lastAttempt.statusCode ?? 'None'}
      </Text>
      {attempts > 1 && (
        <Badge size="sm" variant="default" tt="none">
          {attempts} attempts
        </Badge>
      )}
    </Group>
  );
}

function DetailsButton({ delivery, onOpen }: { delivery: Delivery; onOpen: DeliveryTableProps['onOpen'] }) {
  return (
    <Button variant="subtle" size="compact-sm" onClick={() => onOpen(delivery)} aria-label={`Details of delivery ${delivery.id}`}>
      Details
    </Button>
  );
}

function When({ at, timeZone }: { at: string; timeZone: string }) {
  const now = useNow();
  return (
    <Tooltip label={formatDateTime(at, timeZone, 'full')}>
      <Text size="sm" c="dimmed" span style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(at, now)}
      </Text>
    </Tooltip>
  );
}

function DeliveryCard({ delivery, timeZone, onOpen }: { delivery: Delivery; timeZone: string; onOpen: DeliveryTableProps['onOpen'] }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Code>{delivery.eventType}</Code>
        <DeliveryBadge status={delivery.status} />
      </Group>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Stack gap={0} miw={0}>
          {delivery.tokenId !== null && <TokenOf delivery={delivery} />}
          <When at={delivery.occurredAt} timeZone={timeZone} />
        </Stack>
        <DetailsButton delivery={delivery} onOpen={onOpen} />
      </Group>
    </Stack>
  );
}
