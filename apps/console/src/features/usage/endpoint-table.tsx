import { Badge, Code, Group, Stack, Text, Tooltip } from '@mantine/core';
import { useMemo } from 'react';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatDateTime, formatExact, formatMs, formatPercent, formatRelative, formatShare } from '../../lib/format.ts';
import type { Outputs } from '../../lib/trpc.ts';
import { localTimeZone } from '../../lib/zoned-time.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { ShareBar } from './share-bar.tsx';

export type EndpointStats = Outputs['usage']['endpoints']['endpoints'][number];

interface EndpointTableProps {
  /** Most requests first. */
  rows: EndpointStats[];
  timeZone?: string;
  fetching?: boolean;
}

/** Which endpoints were called, how often, and how that went. */
export function EndpointTable({ rows, timeZone = localTimeZone(), fetching = false }: EndpointTableProps) {
  const columns = useMemo(() => makeColumns(rows, timeZone), [rows, timeZone]);
  return (
    <DataTable
      label="Endpoints, most requests first"
      columns={columns}
      rows={rows}
      getRowId={(row) => `${row.method} ${row.endpoint}`}
      fetching={fetching}
      minWidth={680}
      renderCard={(row) => <EndpointCard row={row} largest={rows[0]?.requests ?? 0} />}
    />
  );
}

function makeColumns(rows: readonly EndpointStats[], timeZone: string): DataTableColumn<EndpointStats>[] {
  const total = rows.reduce((sum, row) => sum + row.requests, 0);
  const largest = rows[0]?.requests ?? 0;
  return [
    { id: 'endpoint', header: 'Endpoint', cell: (row) => <EndpointName row={row} /> },
    { id: 'requests', header: 'Calls', align: 'right', cell: (row) => formatExact(row.requests) },
    {
      id: 'share',
      header: 'Share',
      width: 170,
      cell: (row) => (
        <Group gap="xs" wrap="nowrap">
          <ShareBar counts={row} largest={largest} />
          <Text size="xs" c="dimmed" w={48} ta="right" className="lk-tabular">
            {formatShare(row.requests, total)}
          </Text>
        </Group>
      ),
    },
    { id: 'success', header: 'Success', align: 'right', cell: (row) => formatPercent(row.ok, row.requests) },
    { id: 'p95', header: 'p95', align: 'right', cell: (row) => formatMs(row.p95) },
    { id: 'limited', header: '429', align: 'right', cell: (row) => formatCount(row.rateLimited) },
    { id: 'last', header: 'Last call', align: 'right', cell: (row) => <LastCall at={row.lastAt} timeZone={timeZone} /> },
  ];
}

function EndpointName({ row }: { row: EndpointStats }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Badge variant="default" size="sm" radius="sm" w={58} style={{ flex: 'none' }}>
        {row.method}
      </Badge>
      <Code className="lk-wrap" bg="transparent" p={0}>
        {row.endpoint}
      </Code>
    </Group>
  );
}

function LastCall({ at, timeZone }: { at: string | null; timeZone: string }) {
  const now = useNow();
  if (at === null) return '—';
  return (
    <Tooltip label={formatDateTime(at, timeZone, 'full')}>
      <Text size="sm" c="dimmed" span style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(at, now)}
      </Text>
    </Tooltip>
  );
}

function EndpointCard({ row, largest }: { row: EndpointStats; largest: number }) {
  return (
    <Stack gap={6}>
      <EndpointName row={row} />
      <Group gap="sm" wrap="nowrap">
        <ShareBar counts={row} largest={largest} />
        <Text size="xs" c="dimmed" className="lk-tabular" style={{ whiteSpace: 'nowrap' }}>
          {formatExact(row.requests)} · {formatPercent(row.ok, row.requests)} ok · p95 {formatMs(row.p95)}
        </Text>
      </Group>
    </Stack>
  );
}
