import type { GatewayAccount, RecordAccount } from '@latchkey/api/schemas';
import { Alert, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconReceipt } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { formatExact } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';

/** As far back as the server accounts for. */
const SPANS = [
  { hours: 24, label: '24 hours' },
  { hours: 168, label: '7 days' },
  { hours: 744, label: '31 days' },
] as const;
type Hours = (typeof SPANS)[number]['hours'];

interface RecordsCardProps {
  hours: Hours;
  onHoursChange: (hours: Hours) => void;
}

/** What became of the records of answered requests: the proof that none was lost, or how many were. */
export function RecordsCard({ hours, onHoursChange }: RecordsCardProps) {
  const query = trpc.operations.records.useQuery({ hours }, { placeholderData: keepPreviousData, refetchInterval: 10_000 });
  const { data, error } = query;
  return (
    <SectionCard
      title="Usage records"
      description={data?.total.accepted ? summarizeRecords(data.total) : 'What became of the record of every answered request.'}
      actions={
        <SegmentedControl
          aria-label="Time span"
          size="xs"
          data={SPANS.map((span) => ({ value: String(span.hours), label: span.label }))}
          value={String(hours)}
          onChange={(value) => onHoursChange(SPANS.find((span) => String(span.hours) === value)?.hours ?? 24)}
        />
      }
      flush
    >
      {Boolean(error) && (
        <ErrorState
          error={error}
          title={data ? 'This is not current' : 'The records could not be accounted for'}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isPending && <LoadingBlock height={120} label="Loading usage records" />}
      {data && <Records account={data} fetching={query.isPlaceholderData} />}
    </SectionCard>
  );
}

/** `Accepted 1,204,552 · stored 1,204,551 · of deleted tokens 1 · lost 0`: they add up. */
export function summarizeRecords({ accepted, stored, unwanted, missing, dropped }: RecordAccount['total']): string {
  const parts = [
    `Accepted ${formatExact(accepted)}`,
    `stored ${formatExact(stored)}`,
    unwanted > 0 && `of deleted tokens ${formatExact(unwanted)}`,
    `lost ${formatExact(missing + dropped)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function Records({ account, fetching }: { account: RecordAccount; fetching: boolean }) {
  const { total, gateways } = account;
  if (gateways.length === 0) {
    return (
      <EmptyState icon={<IconReceipt size={22} />} title="No request in this time">
        Every answered request of a token leaves a record, which is counted here: stored or lost.
      </EmptyState>
    );
  }
  return (
    <>
      {total.missing + total.dropped > 0 && <LossAlert total={total} />}
      <DataTable
        label="Usage records by gateway"
        columns={COLUMNS}
        rows={gateways}
        getRowId={({ gateway }) => gateway}
        renderCard={(row) => <AccountCard row={row} />}
        fetching={fetching}
        minWidth={640}
      />
    </>
  );
}

function LossAlert({ total: { missing, dropped } }: { total: RecordAccount['total'] }) {
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />} title="Records were lost">
      {missing > 0 && `${formatExact(missing)} were written to a gateway’s disk and could not be read from it any more. `}
      {dropped > 0 &&
        `${formatExact(dropped)} could not be kept, and their requests were served all the same, as LATCHKEY_SPOOL_FULL says.`}
    </Alert>
  );
}

function number(id: keyof GatewayAccount & string, header: string): DataTableColumn<GatewayAccount> {
  return { id, header, align: 'right', cell: (row) => <Text size="sm">{formatExact(Number(row[id]))}</Text> };
}

const COLUMNS: DataTableColumn<GatewayAccount>[] = [
  {
    id: 'gateway',
    header: 'Gateway',
    width: '30%',
    cell: ({ gateway }) => (
      <Text size="sm" fw={500} className="lk-wrap">
        {gateway}
      </Text>
    ),
  },
  number('accepted', 'Accepted'),
  number('stored', 'Stored'),
  number('missing', 'Unreadable'),
  number('dropped', 'Dropped'),
  number('unwanted', 'Of deleted tokens'),
];

function AccountCard({ row }: { row: GatewayAccount }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500} className="lk-wrap">
        {row.gateway}
      </Text>
      <Text size="sm" className="lk-tabular">
        {summarizeRecords(row)}
      </Text>
    </Stack>
  );
}
