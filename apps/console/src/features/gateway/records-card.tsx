import type { GatewayAccount, RecordAccount } from '@latchkey/api/schemas';
import { Alert, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconReceipt } from '@tabler/icons-react';
import { useState } from 'react';
import { formatExact } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';

const SPANS = [
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '744', label: '31 days' },
];

/** What became of the records of answered requests: the proof that none was lost, or how many were. */
export function RecordsCard() {
  const [hours, setHours] = useState('24');
  const query = trpc.operations.records.useQuery({ hours: Number(hours) }, { refetchInterval: 10_000 });
  const { data, error } = query;
  return (
    <SectionCard
      title="Usage records"
      description={data ? summarizeRecords(data.total) : 'What became of the record of every answered request.'}
      actions={<SegmentedControl aria-label="Time span" size="xs" data={SPANS} value={hours} onChange={setHours} />}
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
      {data && <Records account={data} />}
    </SectionCard>
  );
}

/** `Accepted 1,204,551 · stored 1,204,551 · lost 0`. */
export function summarizeRecords({ accepted, stored, missing, dropped }: RecordAccount['total']): string {
  return `Accepted ${formatExact(accepted)} · stored ${formatExact(stored)} · lost ${formatExact(missing + dropped)}`;
}

function Records({ account }: { account: RecordAccount }) {
  const { total, gateways } = account;
  if (gateways.length === 0) {
    return (
      <EmptyState icon={<IconReceipt size={22} />} title="No request in this time">
        Every answered request of a token leaves a record. Here it is counted, whether it was stored or not.
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
      <Group gap="md">
        <Text size="sm">{summarizeRecords(row)}</Text>
      </Group>
    </Stack>
  );
}
